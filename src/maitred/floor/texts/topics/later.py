"""Topics that nobody knows at first: a world lets them begin some day, as something new that has to be noticed."""

from __future__ import annotations

from maitred.floor.texts.words import TopicWords, Words

VAT_NUMBER = TopicWords(
    "billing/vat_number",
    {
        "en": Words(
            thing=("the VAT number", "our tax number"),
            subject=(
                "VAT number refused",
                "VAT number on invoices",
                "Tax number not accepted",
                "Invoice without VAT number",
            ),
            problem=(
                "The billing page [refuses|rejects] our VAT number as not valid.",
                "Our VAT number is [missing|not printed] on invoice {invoice}.",
                "Since {date} tax is [added|charged] although the VAT number is stored.",
                "The field for the VAT number [is empty again|loses its value] after saving.",
            ),
            detail=(
                "The public register shows the number as valid.",
                "The tax on it is {amount}.",
                "The field turns red with {error}.",
            ),
            ask=(
                "Please store the number by hand.",
                "Please send the invoices again with the number on them.",
                "[Can|Could] you credit the tax?",
            ),
            question=(
                "In which country is the company registered?",
                "Does the number have the two letters of the country in front?",
                "Which invoices need the number?",
            ),
            reply=(
                "The company is registered in [Austria|Portugal|Ireland].",
                "Yes, with the two letters in front.",
                "All invoices since {date}.",
            ),
            finding=(
                "The register did not answer on {date}, so the number was refused.",
                "The form cuts the first letters of the number off.",
            ),
            solution=(
                "The VAT number is stored and printed on {invoice}.",
                "The tax of {amount} is credited and the check of the number works.",
                "The invoices since {date} were made again with the number.",
            ),
            again=("The field lost the VAT number again.", "Tax was added again on the new invoice."),
            restate=(
                "the billing page refuses your VAT number",
                "your VAT number is missing on {invoice}",
            ),
            step=(
                "Next, the number is checked in the public register.",
                "The next step is a new copy of {invoice}.",
            ),
            note=(
                "New form drops the country letters of VAT numbers, seen {n} times.",
                "Credit the tax of {amount}, number is valid in the register.",
            ),
        ),
        "de": Words(
            thing=("Umsatzsteuer-Nummer",),
            subject=("USt-IdNr. abgelehnt", "USt-IdNr. fehlt auf der Rechnung", "Steuernummer nicht angenommen"),
            problem=(
                "Das Formular [lehnt|weist] unsere USt-IdNr. als ungültig ab.",
                "Unsere USt-IdNr. [fehlt|steht nicht] auf der Rechnung {invoice}.",
                "Seit {date} wird Steuer [berechnet|aufgeschlagen], obwohl die USt-IdNr. hinterlegt ist.",
            ),
            detail=("Im öffentlichen Register ist die Nummer gültig.", "Die Steuer beträgt {amount}."),
            question=("In welchem Land ist die Firma gemeldet?", "Welche Rechnungen brauchen die Nummer?"),
            reply=("Die Firma ist in Österreich gemeldet.", "Alle Rechnungen seit {date}."),
            solution=(
                "Die USt-IdNr. ist hinterlegt und steht auf {invoice}.",
                "Die Steuer von {amount} ist gutgeschrieben.",
            ),
        ),
        "es": Words(
            thing=("el número de IVA",),
            subject=("Número de IVA rechazado", "Falta el número de IVA", "NIF-IVA no aceptado"),
            problem=(
                "El formulario [rechaza|no acepta] nuestro número de IVA.",
                "Nuestro número de IVA [falta|no aparece] en la factura {invoice}.",
                "Desde el {date} se [cobra|añade] IVA aunque el número está guardado.",
            ),
            detail=("El registro público muestra el número como válido.", "El impuesto es de {amount}."),
            question=("¿En qué país está registrada la empresa?", "¿Qué facturas necesitan el número?"),
            reply=("La empresa está registrada en Portugal.", "Todas las facturas desde el {date}."),
            solution=(
                "El número de IVA está guardado y aparece en {invoice}.",
                "El impuesto de {amount} está abonado.",
            ),
        ),
        "fr": Words(
            thing=("le numéro de TVA",),
            subject=("Numéro de TVA refusé", "Numéro de TVA absent", "Numéro fiscal non accepté"),
            problem=(
                "Le formulaire [refuse|rejette] notre numéro de TVA.",
                "Notre numéro de TVA [manque|n'apparaît pas] sur la facture {invoice}.",
                "Depuis le {date}, la TVA est [facturée|ajoutée] alors que le numéro est enregistré.",
            ),
            detail=("Le registre public indique un numéro valable.", "La taxe est de {amount}."),
            question=("Dans quel pays la société est-elle inscrite ?", "Quelles factures ont besoin du numéro ?"),
            reply=("La société est inscrite au Luxembourg.", "Toutes les factures depuis le {date}."),
            solution=("Le numéro de TVA est enregistré et figure sur {invoice}.", "La taxe de {amount} est créditée."),
        ),
    },
)

PARCEL_LOCKER = TopicWords(
    "orders/parcel_locker",
    {
        "en": Words(
            thing=("the parcel locker", "the locker"),
            subject=(
                "Parcel locker does not open",
                "Code for the locker refused",
                "Locker empty",
                "Parcel locker problem",
            ),
            problem=(
                "The parcel locker [refuses|does not take] the code< for order {order}>.",
                "The locker opened and was [empty|not mine].",
                "The app says the parcel lies in a locker, but [no code came|there is no code].",
                "The screen of the parcel locker [is black|hangs] since {weekday}.",
            ),
            detail=(
                "I stood there {n} times.",
                "The code has six digits and ends with error {error}.",
                "The parcel lies there since {date}.",
            ),
            ask=("Please send a new code.", "Please have the parcel brought to my door.", "Who can open the locker?"),
            question=(
                "Which number is on the door of the locker?",
                "What does the screen show after the code?",
                "On which day was the locker tried last?",
            ),
            reply=("The door has the number {n}.", "The screen shows {error}.", "I tried it last on {weekday}."),
            finding=(
                "The locker lost its connection on {date}.",
                "The code was made for another door.",
            ),
            solution=(
                "A new code was sent and the door was opened from afar.",
                "The parcel was taken out and delivered on {weekday}.",
                "The locker is connected again and takes the code.",
            ),
            again=("The locker refuses the new code too.", "The door opened and the locker was empty again."),
            restate=("the parcel locker refuses your code", "the locker was empty when it opened"),
            step=("Next, the carrier opens the locker from afar.", "The next step is a new code."),
            note=("Locker offline since {date}, several tickets.", "Codes swapped between doors, carrier told."),
        ),
        "de": Words(
            thing=("Paketbox",),
            subject=("Paketbox öffnet nicht", "Code abgelehnt", "Paketbox leer"),
            problem=(
                "Die Paketbox [lehnt|nimmt] den Code [ab|nicht an]< zur Bestellung {order}>.",
                "Das Fach ging auf und war [leer|nicht meines].",
                "Laut App liegt das Paket in der Paketbox, es kam aber [kein Code|nie ein Code].",
            ),
            detail=("Ich stand {n} Mal davor.", "Der Code endet mit Fehler {error}."),
            question=("Welche Nummer steht auf dem Fach?", "Was zeigt der Bildschirm nach dem Code?"),
            reply=("Auf dem Fach steht {n}.", "Der Bildschirm zeigt {error}."),
            solution=("Ein neuer Code ist verschickt.", "Das Paket wurde entnommen und am {weekday} zugestellt."),
        ),
        "es": Words(
            thing=("la taquilla",),
            subject=("La taquilla no se abre", "Código rechazado", "Taquilla vacía"),
            problem=(
                "La taquilla [rechaza|no acepta] el código< del pedido {order}>.",
                "La puerta se abrió y estaba [vacía|equivocada].",
                "La aplicación dice que el paquete está en la taquilla, pero [no llegó el código|no hay código].",
            ),
            detail=("He ido {n} veces.", "El código termina con el error {error}."),
            question=("¿Qué número tiene la puerta?", "¿Qué muestra la pantalla tras el código?"),
            reply=("La puerta tiene el número {n}.", "La pantalla muestra {error}."),
            solution=("Hay un código nuevo enviado.", "El paquete se sacó y se entregó el {weekday}."),
        ),
        "fr": Words(
            thing=("la consigne",),
            subject=("La consigne ne s'ouvre pas", "Code refusé", "Consigne vide"),
            problem=(
                "La consigne [refuse|n'accepte pas] le code< de la commande {order}>.",
                "La porte s'est ouverte et c'était [vide|la mauvaise].",
                "L'application dit que le colis est en consigne, mais [aucun code n'est venu|il n'y a pas de code].",
            ),
            detail=("J'y suis allé {n} fois.", "Le code finit par l'erreur {error}."),
            question=("Quel numéro porte la porte ?", "Qu'affiche l'écran après le code ?"),
            reply=("La porte porte le numéro {n}.", "L'écran affiche {error}."),
            solution=("Un nouveau code est envoyé.", "Le colis a été retiré et livré {weekday}."),
        ),
    },
)

PASSKEY_LOOP = TopicWords(
    "technical/passkey_loop",
    {
        "en": Words(
            thing=("the passkey loop", "the passkey"),
            subject=("Passkey loop", "Passkey asked again and again", "Passkey not accepted", "Stuck at the passkey"),
            problem=(
                "The page asks for the passkey [again and again|in a loop].",
                "After the passkey was accepted I land on the [same|passkey] page once more.",
                "Since {date} the passkey is [refused|unknown] on my second device.",
                "Creating a passkey ends with {error} and then [starts over|begins again].",
            ),
            detail=(
                "I confirmed it {n} times with my finger.",
                "With the password it works.",
                "The phone and the laptop both do it.",
            ),
            ask=("How do I get out of the loop?", "Please remove the passkey.", "Please repair it."),
            question=(
                "On which device was the passkey made?",
                "Which browser asks for it?",
                "Is there more than one passkey in the account?",
            ),
            reply=("It was made on the [phone|laptop].", "It is [Chrome|Safari|Edge].", "There are {n} of them."),
            finding=(
                "The passkey was stored twice on {date} and the page compares the wrong one.",
                "The release of {date} lost the session after the passkey.",
            ),
            solution=(
                "The double passkey is removed and signing in ends where it should.",
                "The session is kept after the passkey since version {version}.",
                "The passkeys were reset and one new one works on both devices.",
            ),
            again=("The passkey loop is back.", "The passkey is asked again and again since {weekday}."),
            restate=("the page asks for the passkey in a loop", "the passkey is refused on your second device"),
            step=("Next, the double passkey is removed.", "The next step is a new passkey."),
            note=("Passkey stored twice by the release of {date}.", "Loop reproduced in [Chrome|Safari]."),
        ),
        "de": Words(
            thing=("Passkey",),
            subject=("Passkey-Schleife", "Passkey wird immer wieder verlangt", "Passkey nicht angenommen"),
            problem=(
                "Die Seite verlangt den Passkey [immer wieder|in einer Schleife].",
                "Nach dem Passkey lande ich wieder auf [derselben|der gleichen] Seite.",
                "Seit {date} wird der Passkey auf dem zweiten Gerät [abgelehnt|nicht erkannt].",
            ),
            detail=("Ich habe ihn {n} Mal bestätigt.", "Mit dem Passwort geht es."),
            question=("Auf welchem Gerät wurde der Passkey erstellt?", "Welcher Browser fragt danach?"),
            reply=("Auf dem [Telefon|Laptop].", "Es ist [Chrome|Safari|Edge]."),
            solution=("Der doppelte Passkey ist entfernt.", "Ein neuer Passkey geht auf beiden Geräten."),
        ),
        "es": Words(
            thing=("la llave de acceso",),
            subject=("Bucle con la llave de acceso", "Pide la llave una y otra vez", "Llave no aceptada"),
            problem=(
                "La página pide la llave de acceso [una y otra vez|en bucle].",
                "Después de la llave vuelvo a [la misma|esa] página.",
                "Desde el {date} la llave es [rechazada|desconocida] en el segundo aparato.",
            ),
            detail=("La he confirmado {n} veces.", "Con la contraseña funciona."),
            question=("¿En qué aparato se creó la llave?", "¿Qué navegador la pide?"),
            reply=("Se creó en el [móvil|portátil].", "Es [Chrome|Safari|Edge]."),
            solution=("La llave duplicada está eliminada.", "Una llave nueva funciona en los dos aparatos."),
        ),
        "fr": Words(
            thing=("la clé d'accès",),
            subject=("Boucle avec la clé d'accès", "Clé demandée sans cesse", "Clé non acceptée"),
            problem=(
                "La page demande la clé d'accès [sans cesse|en boucle].",
                "Après la clé, je reviens sur [la même|cette] page.",
                "Depuis le {date}, la clé est [refusée|inconnue] sur le second appareil.",
            ),
            detail=("Je l'ai confirmée {n} fois.", "Avec le mot de passe cela marche."),
            question=("Sur quel appareil la clé a-t-elle été créée ?", "Quel navigateur la demande ?"),
            reply=("Sur le [téléphone|portable].", "C'est [Chrome|Safari|Edge]."),
            solution=("La clé en double est supprimée.", "Une nouvelle clé marche sur les deux appareils."),
        ),
    },
)

AI_SUMMARY = TopicWords(
    "product/ai_summary",
    {
        "en": Words(
            thing=("the AI summary", "the automatic summary"),
            subject=("AI summary is wrong", "Switch off the AI summary", "Summary invents things", "Summary missing"),
            problem=(
                "The AI summary of {file} [invents|makes up] numbers.",
                "The automatic summary is [in the wrong language|always empty].",
                "Since {date} an AI summary appears and [nobody asked for it|we cannot switch it off].",
                "The summary [leaves out|turns round] the most important point.",
            ),
            detail=(
                "It named {n} customers, there are fewer.",
                "Our rules do not allow such a function.",
                "The text itself is right.",
            ),
            ask=("Please switch it off for us.", "Where does our data go?", "Please correct the summary."),
            question=(
                "Which text was summarised?",
                "Is it meant for the whole account?",
                "Which language is set in the account?",
            ),
            reply=(
                "It was the text in {file}.",
                "Yes, for the whole account.",
                "The language is [English|German|Spanish].",
            ),
            finding=(
                "The summary of {date} was made from an older text.",
                "The switch for summaries is missing for this plan.",
            ),
            solution=(
                "The AI summary is switched off for the account.",
                "The summary of {file} was made again from the new text.",
                "The switch is now in the settings of every plan.",
            ),
            again=("The AI summary is back.", "The new summary invents numbers too."),
            restate=("the AI summary of {file} contains invented numbers", "the summary cannot be switched off"),
            step=("Next, the summary is made from the current text.", "The next step is a switch in the settings."),
            note=("Switch missing in the plan table, {n} accounts.", "Privacy asks where the text is processed."),
        ),
        "de": Words(
            thing=("KI-Zusammenfassung",),
            subject=("KI-Zusammenfassung ist falsch", "KI-Zusammenfassung abschalten", "Zusammenfassung erfindet"),
            problem=(
                "Die KI-Zusammenfassung von {file} [erfindet|nennt falsche] Zahlen.",
                "Die automatische Zusammenfassung ist [in der falschen Sprache|immer leer].",
                "Seit {date} gibt es eine KI-Zusammenfassung, die [niemand wollte|sich nicht abschalten lässt].",
            ),
            detail=("Sie nannte {n} Kunden, es sind weniger.", "Unsere Regeln erlauben das nicht."),
            question=("Welcher Text wurde zusammengefasst?", "Gilt es für das ganze Konto?"),
            reply=("Der Text in {file}.", "Ja, für das ganze Konto."),
            solution=("Die KI-Zusammenfassung ist abgeschaltet.", "Die Zusammenfassung von {file} ist neu erstellt."),
        ),
        "es": Words(
            thing=("el resumen automático",),
            subject=("El resumen de IA está mal", "Quitar el resumen de IA", "El resumen inventa"),
            problem=(
                "El resumen de IA de {file} [inventa|da mal los] números.",
                "El resumen automático está [en otro idioma|siempre vacío].",
                "Desde el {date} aparece un resumen de IA que [nadie pidió|no se puede quitar].",
            ),
            detail=("Nombró {n} clientes, son menos.", "Nuestras normas no permiten eso."),
            question=("¿Qué texto se resumió?", "¿Es para toda la cuenta?"),
            reply=("El texto de {file}.", "Sí, para toda la cuenta."),
            solution=("El resumen de IA está quitado.", "El resumen de {file} está hecho de nuevo."),
        ),
        "fr": Words(
            thing=("le résumé automatique",),
            subject=("Le résumé IA est faux", "Couper le résumé IA", "Le résumé invente"),
            problem=(
                "Le résumé IA de {file} [invente des|donne de faux] chiffres.",
                "Le résumé automatique est [dans la mauvaise langue|toujours vide].",
                "Depuis le {date}, il y a un résumé IA que [personne n'a demandé|l'on ne peut pas couper].",
            ),
            detail=("Il a nommé {n} clients, il y en a moins.", "Nos règles ne le permettent pas."),
            question=("Quel texte a été résumé ?", "Est-ce pour le compte entier ?"),
            reply=("Le texte de {file}.", "Oui, pour le compte entier."),
            solution=("Le résumé IA est coupé.", "Le résumé de {file} est refait."),
        ),
    },
)

LATER = (VAT_NUMBER, PARCEL_LOCKER, PASSKEY_LOOP, AI_SUMMARY)
