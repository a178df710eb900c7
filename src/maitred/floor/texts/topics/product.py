"""Topics about the product itself: how it is used, what is wished for, single sign-on."""

from __future__ import annotations

from maitred.floor.texts.words import TopicWords, Words

HOW_TO = TopicWords(
    "product/how_to",
    {
        "en": Words(
            thing=("how to do it", "the question"),
            subject=("How do I do this", "Question about a report", "Where is the setting", "Help with a filter"),
            problem=(
                "How can I [share|print|copy] a report?",
                "I cannot find where the [working hours|reminders|colours] are set.",
                "Is it possible to show {n} teams in one [chart|list]?",
                "I want to [filter|sort] the list by {month} and do not see how.",
            ),
            detail=(
                "The help page describes an older version.",
                "We use version {version}.",
                "A colleague says it was in the menu before.",
            ),
            ask=("Please tell me how.", "Is there a guide?", "Where do I have to click?"),
            question=(
                "On which page is it tried?",
                "Which role does the account have?",
                "What should the result look like?",
            ),
            reply=(
                "On the page with the reports.",
                "I have the role [editor|administrator].",
                "One line per team and month.",
            ),
            finding=(
                "The setting moved to the menu of the team in version {version}.",
                "The list is sorted by the title of each column.",
            ),
            solution=(
                "The setting is under Team, then Times.",
                "The report has a button at the top right for this.",
                "The guide for version {version} shows it with pictures.",
            ),
            again=("The button is not there in my account.", "The setting does not stay."),
            restate=("you look for the setting in version {version}", "the list should be sorted by {month}"),
            step=("Next, the guide gets a picture of the new place.", "The next step is a short screen tour."),
            note=("Help page is behind version {version}, told the writers.", "Asked {n} times this month."),
        ),
        "de": Words(
            thing=("Bedienung",),
            subject=("Wie geht das", "Frage zu einem Bericht", "Wo ist die Einstellung"),
            problem=(
                "Wie kann ich einen Bericht [teilen|drucken|kopieren]?",
                "Ich finde nicht, wo [die Arbeitszeiten|die Erinnerungen|die Farben] eingestellt werden.",
                "Kann man {n} Teams in [einem Diagramm|einer Liste] zeigen?",
            ),
            detail=("Die Hilfe beschreibt eine ältere Version.", "Wir nutzen Version {version}."),
            question=("Auf welcher Seite wird es versucht?", "Wie soll das Ergebnis aussehen?"),
            reply=("Auf der Seite mit den Berichten.", "Eine Zeile je Team und Monat."),
            solution=(
                "Die Einstellung liegt unter Team, dann Zeiten.",
                "Der Bericht hat dafür oben rechts einen Knopf.",
            ),
        ),
        "es": Words(
            thing=("el uso",),
            subject=("Cómo se hace", "Duda sobre un informe", "Dónde está el ajuste"),
            problem=(
                "¿Cómo puedo [compartir|imprimir|copiar] un informe?",
                "No encuentro dónde se ajustan [los horarios|los avisos|los colores].",
                "¿Se pueden mostrar {n} equipos en [un gráfico|una lista]?",
            ),
            detail=("La ayuda describe una versión antigua.", "Usamos la versión {version}."),
            question=("¿En qué página se intenta?", "¿Cómo debe quedar el resultado?"),
            reply=("En la página de informes.", "Una línea por equipo y mes."),
            solution=("El ajuste está en Equipo, luego Horarios.", "El informe tiene un botón arriba a la derecha."),
        ),
        "fr": Words(
            thing=("l'utilisation",),
            subject=("Comment faire", "Question sur un rapport", "Où est le réglage"),
            problem=(
                "Comment puis-je [partager|imprimer|copier] un rapport ?",
                "Je ne trouve pas où régler [les horaires|les rappels|les couleurs].",
                "Peut-on montrer {n} équipes dans [un graphique|une liste] ?",
            ),
            detail=("L'aide décrit une ancienne version.", "Nous utilisons la version {version}."),
            question=("Sur quelle page est-ce essayé ?", "À quoi doit ressembler le résultat ?"),
            reply=("Sur la page des rapports.", "Une ligne par équipe et par mois."),
            solution=("Le réglage est sous Équipe, puis Horaires.", "Le rapport a un bouton en haut à droite."),
        ),
    },
)

FEATURE_REQUEST = TopicWords(
    "product/feature_request",
    {
        "en": Words(
            thing=("the wish for a feature", "our suggestion"),
            subject=("Suggestion", "Feature request", "A wish for the next version", "Idea for the reports"),
            problem=(
                "It would help us if reports could be [scheduled|signed|compared].",
                "We miss a [dark view|keyboard shortcut|calendar] in the list.",
                "Please let us set [more than|up to] {n} reminders.",
                "A [bulk edit|second currency|search by month] would save us hours.",
            ),
            detail=(
                "About {n} people here would use it every day.",
                "Other tools have it.",
                "At the moment we do it by hand in {file}.",
            ),
            ask=("Is it planned?", "Please pass it on.", "When can we expect it?"),
            question=(
                "How is it done today?",
                "How many people would use it?",
                "Which part matters most?",
            ),
            reply=("Today we do it by hand.", "About {n} people.", "The first part matters most."),
            finding=(
                "The wish is on the list of the product team since {date}.",
                "A part of it exists in version {version}.",
            ),
            solution=(
                "The wish is noted with the example from the ticket.",
                "Version {version} contains a first form of it.",
                "The same is reached with the saved views.",
            ),
            again=("The saved views do not do what we need.", "Version {version} does not contain it."),
            restate=("you miss this in the list", "{n} people would use this every day"),
            step=("Next, the product team weighs it in {month}.", "The next step is a talk with the product team."),
            note=("Wish number {n} of this kind, linked.", "Good example for the product team."),
        ),
        "de": Words(
            thing=("Wunsch",),
            subject=("Vorschlag", "Wunsch für die nächste Version", "Idee zu den Berichten"),
            problem=(
                "Es wäre hilfreich, wenn Berichte [geplant|unterschrieben|verglichen] werden könnten.",
                "Uns fehlt [eine dunkle Ansicht|ein Tastenkürzel|ein Kalender] in der Liste.",
                "Bitte erlauben Sie [mehr als|bis zu] {n} Erinnerungen.",
            ),
            detail=("Etwa {n} Leute würden es täglich nutzen.", "Heute machen wir es von Hand in {file}."),
            question=("Wie wird es heute gemacht?", "Wie viele Leute würden es nutzen?"),
            reply=("Heute machen wir es von Hand.", "Etwa {n} Leute."),
            solution=("Der Wunsch ist mit dem Beispiel notiert.", "Version {version} enthält eine erste Form davon."),
        ),
        "es": Words(
            thing=("la sugerencia",),
            subject=("Sugerencia", "Petición de función", "Idea para los informes"),
            problem=(
                "Nos ayudaría que los informes se pudieran [programar|firmar|comparar].",
                "Echamos en falta [una vista oscura|un atajo|un calendario] en la lista.",
                "Permitan [más de|hasta] {n} recordatorios, por favor.",
            ),
            detail=("Unas {n} personas lo usarían cada día.", "Hoy lo hacemos a mano en {file}."),
            question=("¿Cómo se hace hoy?", "¿Cuántas personas lo usarían?"),
            reply=("Hoy lo hacemos a mano.", "Unas {n} personas."),
            solution=("La petición está anotada con el ejemplo.", "La versión {version} contiene una primera forma."),
        ),
        "fr": Words(
            thing=("la suggestion",),
            subject=("Suggestion", "Demande de fonction", "Idée pour les rapports"),
            problem=(
                "Il serait utile de pouvoir [planifier|signer|comparer] les rapports.",
                "Il nous manque [une vue sombre|un raccourci|un agenda] dans la liste.",
                "Permettez [plus de|jusqu'à] {n} rappels, s'il vous plaît.",
            ),
            detail=(
                "Environ {n} personnes s'en serviraient chaque jour.",
                "Aujourd'hui nous le faisons à la main dans {file}.",
            ),
            question=("Comment est-ce fait aujourd'hui ?", "Combien de personnes s'en serviraient ?"),
            reply=("Aujourd'hui nous le faisons à la main.", "Environ {n} personnes."),
            solution=("La demande est notée avec l'exemple.", "La version {version} en contient une première forme."),
        ),
    },
)

SSO_SETUP = TopicWords(
    "product/sso_setup",
    {
        "en": Words(
            thing=("single sign-on", "the SSO setup"),
            subject=("SSO setup", "Single sign-on fails", "SAML error {error}", "Certificate for SSO"),
            problem=(
                "The setup of single sign-on [ends|stops] with {error}.",
                "After switching on SSO {n} people [cannot get in|are locked out].",
                "The [certificate|metadata file] of our identity provider is refused.",
                "Single sign-on works, but the [groups|roles] are not taken over.",
            ),
            detail=(
                "We use [Okta|Entra ID|Keycloak].",
                "The certificate was renewed on {date}.",
                "The clock of the server is right.",
            ),
            ask=("Please check the settings.", "Which fields have to be sent?", "Please switch SSO off for now."),
            question=(
                "Which identity provider is used?",
                "What is the name of the attribute with the groups?",
                "Until which date is the certificate valid?",
            ),
            reply=(
                "We use [Okta|Entra ID|Keycloak].",
                "The attribute is called groups.",
                "It is valid until {month} of next year.",
            ),
            finding=(
                "The reply of the provider is signed with the certificate from before {date}.",
                "The attribute with the groups arrives empty.",
            ),
            solution=(
                "The new certificate is stored and single sign-on works.",
                "The groups are mapped to roles and {n} people are in.",
                "The metadata file was accepted after the address was corrected.",
            ),
            again=("SSO stops with {error} again.", "The groups are lost again after each sign-in."),
            restate=("the SSO setup ends with {error}", "{n} people are locked out since SSO is on"),
            step=("Next, the signature of one reply is compared.", "The next step is a test with one account."),
            note=("Old certificate in the reply, {error} in the log.", "Group attribute empty, mapping is fine."),
        ),
        "de": Words(
            thing=("Single Sign-on",),
            subject=("SSO einrichten", "Single Sign-on scheitert", "SAML-Fehler {error}"),
            problem=(
                "Die Einrichtung von Single Sign-on [endet|scheitert] mit {error}.",
                "Seit SSO an ist, kommen {n} Leute [nicht hinein|nicht mehr hinein].",
                "[Das Zertifikat|Die Metadaten-Datei] unseres Anbieters wird abgelehnt.",
            ),
            detail=("Wir nutzen [Okta|Entra ID|Keycloak].", "Das Zertifikat wurde am {date} erneuert."),
            question=("Welcher Anbieter wird genutzt?", "Bis wann gilt das Zertifikat?"),
            reply=("Wir nutzen [Okta|Entra ID|Keycloak].", "Es gilt bis {month} nächsten Jahres."),
            solution=("Das neue Zertifikat ist hinterlegt, SSO geht.", "Die Gruppen sind den Rollen zugeordnet."),
        ),
        "es": Words(
            thing=("el inicio de sesión único",),
            subject=("Configurar SSO", "El SSO falla", "Error SAML {error}"),
            problem=(
                "La configuración del SSO [termina|se para] con {error}.",
                "Desde que el SSO está activo {n} personas [no pueden entrar|están fuera].",
                "[El certificado|El archivo de metadatos] de nuestro proveedor es rechazado.",
            ),
            detail=("Usamos [Okta|Entra ID|Keycloak].", "El certificado se renovó el {date}."),
            question=("¿Qué proveedor se usa?", "¿Hasta cuándo vale el certificado?"),
            reply=("Usamos [Okta|Entra ID|Keycloak].", "Vale hasta {month} del año que viene."),
            solution=(
                "El certificado nuevo está guardado y el SSO funciona.",
                "Los grupos están asignados a los roles.",
            ),
        ),
        "fr": Words(
            thing=("l'authentification unique",),
            subject=("Configurer le SSO", "Le SSO échoue", "Erreur SAML {error}"),
            problem=(
                "La configuration du SSO [finit|s'arrête] avec {error}.",
                "Depuis que le SSO est actif, {n} personnes [ne peuvent plus entrer|sont bloquées].",
                "[Le certificat|Le fichier de métadonnées] de notre fournisseur est refusé.",
            ),
            detail=("Nous utilisons [Okta|Entra ID|Keycloak].", "Le certificat a été renouvelé le {date}."),
            question=("Quel fournisseur est utilisé ?", "Jusqu'à quand le certificat est-il valable ?"),
            reply=("Nous utilisons [Okta|Entra ID|Keycloak].", "Il est valable jusqu'en {month} de l'année prochaine."),
            solution=("Le nouveau certificat est enregistré et le SSO marche.", "Les groupes sont liés aux rôles."),
        ),
    },
)

PRODUCT = (HOW_TO, FEATURE_REQUEST, SSO_SETUP)
