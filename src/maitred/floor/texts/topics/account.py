"""Topics about the account: signing in, passwords, deletion, colleagues."""

from __future__ import annotations

from maitred.floor.texts.words import TopicWords, Words

LOGIN = TopicWords(
    "account/login",
    {
        "en": Words(
            thing=("signing in", "the login"),
            subject=("Cannot sign in", "Login fails", "Locked out of the account", "Login error {error}"),
            problem=(
                "I cannot [sign in|log in], the page says error {error}.",
                "After the login the page [jumps back|returns] to the start.",
                "My account is [locked|blocked] since {date} and I did nothing.",
                "The second factor is [refused|never asked for] when I sign in.",
            ),
            detail=(
                "It happens in [Chrome|Firefox|Edge] and on the phone.",
                "I tried it {n} times with the right data.",
                "Until {weekday} it worked.",
            ),
            ask=("Please unlock the account.", "How do I get in again?", "Please check my account."),
            question=(
                "Which message appears after the sign-in button?",
                "Does it work in a private window?",
                "Was the phone for the second factor changed?",
            ),
            reply=(
                "The message says {error}.",
                "It fails in a private window too.",
                "Yes, I have a new phone since {date}.",
            ),
            finding=(
                "The account was locked after {n} wrong tries on {date}.",
                "The second factor is bound to the old phone.",
            ),
            solution=(
                "The account is unlocked.",
                "The second factor was reset and the login works.",
                "The old sessions were ended and signing in works again.",
            ),
            again=("I am locked out again.", "The login still jumps back to the start."),
            restate=("your login ends with error {error}", "your account is locked since {date}"),
            step=("Next, the second factor is set up again.", "The next step is a look at the sign-in record."),
            note=("Locked by {n} wrong tries, no sign of abuse.", "Second factor reset after check of identity."),
        ),
        "de": Words(
            thing=("Anmeldung",),
            subject=("Anmeldung nicht möglich", "Konto gesperrt", "Fehler {error} beim Anmelden"),
            problem=(
                "Ich kann mich nicht [anmelden|einloggen], es kommt Fehler {error}.",
                "Nach der Anmeldung springt die Seite [zurück|an den Anfang].",
                "Mein Konto ist seit {date} [gesperrt|blockiert].",
            ),
            detail=("Es passiert in [Chrome|Firefox|Edge].", "Ich habe es {n} Mal versucht."),
            question=("Welche Meldung erscheint nach dem Anmelden?", "Geht es in einem privaten Fenster?"),
            reply=("Die Meldung lautet {error}.", "Im privaten Fenster geht es auch nicht."),
            solution=("Das Konto ist entsperrt.", "Der zweite Faktor ist zurückgesetzt, die Anmeldung geht."),
        ),
        "es": Words(
            thing=("el acceso",),
            subject=("No puedo entrar", "Cuenta bloqueada", "Error {error} al entrar"),
            problem=(
                "No puedo [entrar|iniciar sesión], aparece el error {error}.",
                "Después de entrar la página [vuelve|salta] al inicio.",
                "Mi cuenta está [bloqueada|cerrada] desde el {date}.",
            ),
            detail=("Pasa en [Chrome|Firefox|Edge].", "Lo he intentado {n} veces."),
            question=("¿Qué mensaje aparece al entrar?", "¿Funciona en una ventana privada?"),
            reply=("El mensaje es {error}.", "En una ventana privada tampoco funciona."),
            solution=("La cuenta está desbloqueada.", "El segundo factor está restablecido y el acceso funciona."),
        ),
        "fr": Words(
            thing=("la connexion",),
            subject=("Connexion impossible", "Compte bloqué", "Erreur {error} à la connexion"),
            problem=(
                "Je ne peux pas me connecter, [l'erreur|le message] {error} s'affiche.",
                "Après la connexion, la page [revient|retourne] au début.",
                "Mon compte est [bloqué|verrouillé] depuis le {date}.",
            ),
            detail=("Cela arrive dans [Chrome|Firefox|Edge].", "J'ai essayé {n} fois."),
            question=("Quel message s'affiche à la connexion ?", "Cela marche-t-il dans une fenêtre privée ?"),
            reply=("Le message est {error}.", "Dans une fenêtre privée non plus."),
            solution=("Le compte est débloqué.", "Le second facteur est réinitialisé et la connexion marche."),
        ),
    },
)

PASSWORD_RESET = TopicWords(
    "account/password_reset",
    {
        "en": Words(
            thing=("the password reset", "the reset link"),
            subject=("Reset mail does not arrive", "Password reset", "Reset link expired", "New password refused"),
            problem=(
                "The mail for the password reset [does not arrive|never came].",
                "The reset link [has expired|is not valid] when I click it.",
                "The page [refuses|does not take] my new password and shows {error}.",
                "I reset the password on {date} and the [old|new] one does not work.",
            ),
            detail=(
                "I looked in the spam folder.",
                "I asked for the link {n} times.",
                "The address is the one I always use.",
            ),
            ask=("Please send the link again.", "Please set the account back.", "What are the rules for the password?"),
            question=(
                "At which provider is the mailbox?",
                "How long after the mail was the link opened?",
                "Does the new password have twelve signs?",
            ),
            reply=(
                "The mailbox is in our own company.",
                "I opened the link at once.",
                "Yes, it has more than twelve signs.",
            ),
            finding=(
                "The mail was refused by the mail server on {date}.",
                "A second link made the first one invalid.",
            ),
            solution=(
                "The address is taken off the block list and the mail was delivered.",
                "A fresh link was sent and is good for one use.",
                "The old password is removed and the reset works.",
            ),
            again=("The mail does not arrive again.", "The new link has expired too."),
            restate=("the mail with the reset link does not arrive", "the page refuses your new password with {error}"),
            step=("Next, the block list of the mail server is checked.", "The next step is a fresh link."),
            note=(
                "Address on the bounce list since {date}, removed.",
                "Customer clicked an older link, {n} were sent.",
            ),
        ),
        "de": Words(
            thing=("Passwort",),
            subject=("E-Mail zum Zurücksetzen kommt nicht", "Passwort zurücksetzen", "Link abgelaufen"),
            problem=(
                "Die E-Mail zum Zurücksetzen des Passworts [kommt nicht|kam nie] an.",
                "Der Link ist beim Klicken [abgelaufen|ungültig].",
                "Die Seite [lehnt|weist] mein neues Passwort mit {error} ab.",
            ),
            detail=("Im Spam-Ordner ist nichts.", "Ich habe den Link {n} Mal angefordert."),
            question=("Bei welchem Anbieter liegt das Postfach?", "Wie lange nach der E-Mail wurde der Link geöffnet?"),
            reply=("Das Postfach liegt in der eigenen Firma.", "Ich habe den Link sofort geöffnet."),
            solution=("Die Adresse ist von der Sperrliste genommen.", "Ein frischer Link ist verschickt."),
        ),
        "es": Words(
            thing=("la contraseña",),
            subject=("No llega el correo", "Restablecer contraseña", "Enlace caducado"),
            problem=(
                "El correo para restablecer la contraseña [no llega|nunca llegó].",
                "El enlace está [caducado|roto] cuando lo abro.",
                "La página [rechaza|no acepta] mi contraseña nueva con {error}.",
            ),
            detail=("En la carpeta de spam no hay nada.", "He pedido el enlace {n} veces."),
            question=("¿Con qué proveedor está el buzón?", "¿Cuánto tiempo después se abrió el enlace?"),
            reply=("El buzón está en nuestra empresa.", "Abrí el enlace al momento."),
            solution=("La dirección está fuera de la lista de bloqueo.", "Hay un enlace nuevo enviado."),
        ),
        "fr": Words(
            thing=("le mot de passe",),
            subject=("Le courriel n'arrive pas", "Réinitialiser le mot de passe", "Lien expiré"),
            problem=(
                "Le courriel de réinitialisation du mot de passe [n'arrive pas|n'est jamais arrivé].",
                "Le lien est [expiré|invalide] quand je clique.",
                "La page [refuse|n'accepte pas] mon nouveau mot de passe avec {error}.",
            ),
            detail=("Il n'y a rien dans les indésirables.", "J'ai demandé le lien {n} fois."),
            question=("Chez quel fournisseur est la boîte ?", "Combien de temps après le lien a-t-il été ouvert ?"),
            reply=("La boîte est dans notre société.", "J'ai ouvert le lien tout de suite."),
            solution=("L'adresse est retirée de la liste de blocage.", "Un nouveau lien est envoyé."),
        ),
    },
)

DELETE_DATA = TopicWords(
    "account/delete_data",
    {
        "en": Words(
            thing=("the deletion of the data", "my data"),
            subject=("Delete my account", "Deletion of my data", "Data request", "Which data do you hold"),
            problem=(
                "I want you to [delete|erase] my account and all my data.",
                "I asked on {date} for a copy of my data and [got nothing|got no answer].",
                "I still get your newsletter although my account was [deleted|closed] on {date}.",
                "Please tell me which data about me you [hold|keep] and why.",
            ),
            detail=(
                "I have not used the account for {n} years.",
                "There are no open orders.",
                "I take back my consent to advertising too.",
            ),
            ask=("Please confirm the deletion.", "Please send the copy of my data.", "Please stop the mails."),
            question=(
                "Is the deletion meant for the whole account or for the marketing data?",
                "Is a copy of the data wanted first?",
                "From which address was the account opened?",
            ),
            reply=("The whole account, please.", "Yes, a copy first.", "From the address that I write from."),
            finding=(
                "The request of {date} lay in the wrong queue.",
                "The newsletter tool was not told about the deletion.",
            ),
            solution=(
                "The account and the marketing data are deleted.",
                "The copy of the data lies in the account as a file.",
                "The address is taken off every list.",
            ),
            again=("I got the newsletter again.", "My account is still there."),
            restate=("you asked on {date} for a copy of your data", "the newsletter goes on after the deletion"),
            step=("Next, the privacy team checks what has to be kept by law.", "The next step is a check of identity."),
            note=("Privacy request, due date runs since {date}.", "Invoices have to be kept, the rest can go."),
        ),
        "de": Words(
            thing=("Datenlöschung",),
            subject=("Konto löschen", "Löschung meiner Daten", "Auskunft über meine Daten"),
            problem=(
                "Bitte [löschen|entfernen] Sie mein Konto und alle meine Daten.",
                "Ich habe am {date} um Auskunft gebeten und [nichts|keine Antwort] bekommen.",
                "Ich bekomme noch den Newsletter, obwohl das Konto am {date} [gelöscht|geschlossen] wurde.",
            ),
            detail=("Ich nutze das Konto seit {n} Jahren nicht.", "Es gibt keine offenen Bestellungen."),
            question=("Ist das ganze Konto gemeint?", "Wird vorher eine Kopie gewünscht?"),
            reply=("Das ganze Konto, bitte.", "Ja, zuerst eine Kopie."),
            solution=("Das Konto und die Werbedaten sind gelöscht.", "Die Kopie liegt als Datei im Konto."),
        ),
        "es": Words(
            thing=("el borrado de los datos",),
            subject=("Borrar mi cuenta", "Borrado de mis datos", "Qué datos guardan"),
            problem=(
                "Quiero que [borren|eliminen] mi cuenta y todos mis datos.",
                "Pedí una copia de mis datos el {date} y [no recibí nada|no hubo respuesta].",
                "Sigo recibiendo el boletín aunque la cuenta se [borró|cerró] el {date}.",
            ),
            detail=("No uso la cuenta desde hace {n} años.", "No hay pedidos abiertos."),
            question=("¿Se trata de toda la cuenta?", "¿Se quiere antes una copia?"),
            reply=("Toda la cuenta, por favor.", "Sí, primero una copia."),
            solution=(
                "La cuenta y los datos de publicidad están borrados.",
                "La copia está en la cuenta como archivo.",
            ),
        ),
        "fr": Words(
            thing=("la suppression des données",),
            subject=("Supprimer mon compte", "Suppression de mes données", "Quelles données gardez-vous"),
            problem=(
                "Je veux que vous [supprimiez|effaciez] mon compte et toutes mes données.",
                "J'ai demandé une copie de mes données le {date} et [je n'ai rien reçu|je n'ai pas eu de réponse].",
                "Je reçois encore la lettre alors que le compte a été [supprimé|fermé] le {date}.",
            ),
            detail=("Je n'utilise plus le compte depuis {n} ans.", "Il n'y a pas de commande ouverte."),
            question=("S'agit-il du compte entier ?", "Faut-il d'abord une copie ?"),
            reply=("Le compte entier, s'il vous plaît.", "Oui, d'abord une copie."),
            solution=(
                "Le compte et les données de publicité sont supprimés.",
                "La copie est dans le compte en fichier.",
            ),
        ),
    },
)

INVITE_USER = TopicWords(
    "account/invite_user",
    {
        "en": Words(
            thing=("the invitation", "inviting a colleague"),
            subject=("Invitation not received", "Add a colleague", "Invited user cannot join", "Roles and rights"),
            problem=(
                "I invited {n} colleagues and [one|none] of them got the mail.",
                "The invitation [ends with|shows] error {error} when my colleague opens it.",
                "A new colleague has joined and sees [nothing|only half of the pages].",
                "I cannot [remove|block] a person who left us on {date}.",
            ),
            detail=(
                "The seats are free, {n} of them.",
                "I have the role of an administrator.",
                "The invitation was sent on {date}.",
            ),
            ask=("Please send the invitation again.", "Which role is needed?", "Please take the person out."),
            question=(
                "Which role was chosen in the invitation?",
                "Was the invitation opened in the browser of somebody else?",
                "Does the company use its own mail server?",
            ),
            reply=("The role is [editor|viewer].", "No, in a fresh browser.", "Yes, we have our own mail server."),
            finding=(
                "The invitations of {date} were held by the spam filter.",
                "The role viewer does not include those pages.",
            ),
            solution=(
                "The invitations were sent again and {n} of them are accepted.",
                "The role was changed and all pages are there.",
                "The person is removed and the sessions are ended.",
            ),
            again=("The invitation expired again.", "My colleague still sees only half of the pages."),
            restate=("the invitation ends with {error}", "your colleagues did not get the mail"),
            step=("Next, the spam filter is told about our address.", "The next step is a new invitation."),
            note=("Invitations held at the customer's gateway.", "Role viewer lacks the reports, changed to editor."),
        ),
        "de": Words(
            thing=("Einladung",),
            subject=("Einladung nicht erhalten", "Kollegen hinzufügen", "Rollen und Rechte"),
            problem=(
                "Ich habe {n} Kollegen eingeladen, [einer|keiner] hat die E-Mail bekommen.",
                "Die Einladung [endet mit|zeigt] Fehler {error}.",
                "Ein neuer Kollege ist dabei und sieht [nichts|nur die Hälfte].",
            ),
            detail=("Es sind {n} Plätze frei.", "Die Einladung ging am {date} hinaus."),
            question=("Welche Rolle wurde gewählt?", "Hat die Firma einen eigenen Mailserver?"),
            reply=("Die Rolle ist [Bearbeiter|Leser].", "Ja, einen eigenen Mailserver."),
            solution=("Die Einladungen sind neu verschickt.", "Die Rolle ist geändert und alle Seiten sind da."),
        ),
        "es": Words(
            thing=("la invitación",),
            subject=("Invitación no recibida", "Añadir un compañero", "Roles y permisos"),
            problem=(
                "He invitado a {n} compañeros y [uno|ninguno] ha recibido el correo.",
                "La invitación [termina con|muestra] el error {error}.",
                "Un compañero nuevo ha entrado y no ve [nada|la mitad de las páginas].",
            ),
            detail=("Hay {n} plazas libres.", "La invitación salió el {date}."),
            question=("¿Qué rol se eligió?", "¿Tiene la empresa su propio servidor de correo?"),
            reply=("El rol es [editor|lector].", "Sí, un servidor propio."),
            solution=("Las invitaciones están enviadas de nuevo.", "El rol está cambiado y se ven todas las páginas."),
        ),
        "fr": Words(
            thing=("l'invitation",),
            subject=("Invitation non reçue", "Ajouter un collègue", "Rôles et droits"),
            problem=(
                "J'ai invité {n} collègues et [un seul|aucun] n'a reçu le courriel.",
                "L'invitation [finit par|affiche] l'erreur {error}.",
                "Un nouveau collègue est là et ne voit [rien|que la moitié des pages].",
            ),
            detail=("Il y a {n} places libres.", "L'invitation est partie le {date}."),
            question=("Quel rôle a été choisi ?", "La société a-t-elle son propre serveur de courriel ?"),
            reply=("Le rôle est [éditeur|lecteur].", "Oui, un serveur propre."),
            solution=("Les invitations sont renvoyées.", "Le rôle est changé et toutes les pages sont là."),
        ),
    },
)

ACCOUNT = (LOGIN, PASSWORD_RESET, DELETE_DATA, INVITE_USER)
