"""Topics about faults: crashes, slowness, integrations, exports, phones."""

from __future__ import annotations

from maitred.floor.texts.words import TopicWords, Words

APP_CRASH = TopicWords(
    "technical/app_crash",
    {
        "en": Words(
            thing=("the crash of the app", "the crash"),
            subject=(
                "App crashes",
                "Crash when opening a file",
                "App closes by itself",
                "Crash since version {version}",
            ),
            problem=(
                "The app [crashes|closes by itself] when I open {file}.",
                "Since version {version} the app [crashes|freezes] after a few seconds.",
                "Saving ends with error {error} and the app is [gone|closed].",
                "The app [does not start|stops at the logo] since the update of {date}.",
            ),
            detail=(
                "It happened {n} times today.",
                "Installing it again did not help.",
                "Other files open without a problem.",
            ),
            ask=("Please fix it.", "Is my work lost?", "Is there a way to get the old version?"),
            question=(
                "Which system and which version of the app is it?",
                "Does it happen with every file?",
                "Is there a crash report in the log folder?",
            ),
            reply=(
                "It is version {version} on [Windows|macOS|Linux].",
                "Only with {file}.",
                "The report names {error}.",
            ),
            finding=(
                "The report names {error}, a fault in the preview of version {version}.",
                "The crash happens when {file} holds an empty sheet.",
            ),
            solution=(
                "Version {version} with the repair is out.",
                "The damaged cache was cleared and the app starts.",
                "The preview was switched off for {file} and the app stays open.",
            ),
            again=("Version {version} crashes as well.", "The app closed by itself again."),
            restate=("the app closes when you open {file}", "version {version} stops with {error}"),
            step=("Next, the developers read the crash report.", "The next step is a test with {file}."),
            note=("Reproduced with {file}, sent to development as {error}.", "Same stack in {n} other tickets."),
        ),
        "de": Words(
            thing=("Absturz",),
            subject=("App stürzt ab", "Absturz beim Öffnen", "Absturz seit Version {version}"),
            problem=(
                "Die App [stürzt ab|schließt sich], wenn ich {file} öffne.",
                "Seit Version {version} [stürzt|friert] die App nach Sekunden [ab|ein].",
                "Beim Speichern kommt {error} und die App ist [weg|zu].",
            ),
            detail=("Heute schon {n} Mal.", "Neu installieren half nicht."),
            question=("Welches System und welche Version ist es?", "Passiert es mit jeder Datei?"),
            reply=("Version {version} unter [Windows|macOS|Linux].", "Nur mit {file}."),
            solution=("Version {version} mit der Korrektur ist da.", "Der beschädigte Zwischenspeicher ist geleert."),
        ),
        "es": Words(
            thing=("el fallo de la aplicación",),
            subject=("La aplicación se cierra", "Fallo al abrir un archivo", "Fallo desde la versión {version}"),
            problem=(
                "La aplicación [se cierra|falla] cuando abro {file}.",
                "Desde la versión {version} la aplicación [se cierra|se congela] a los pocos segundos.",
                "Al guardar aparece {error} y la aplicación [desaparece|se cierra].",
            ),
            detail=("Hoy ya {n} veces.", "Instalarla de nuevo no ayudó."),
            question=("¿Qué sistema y qué versión es?", "¿Pasa con todos los archivos?"),
            reply=("Es la versión {version} en [Windows|macOS|Linux].", "Solo con {file}."),
            solution=("La versión {version} con la corrección está publicada.", "La caché dañada está limpia."),
        ),
        "fr": Words(
            thing=("le plantage",),
            subject=("L'application plante", "Plantage à l'ouverture", "Plantage depuis la version {version}"),
            problem=(
                "L'application [plante|se ferme] quand j'ouvre {file}.",
                "Depuis la version {version}, l'application [plante|se fige] après quelques secondes.",
                "À l'enregistrement, {error} s'affiche et l'application [disparaît|se ferme].",
            ),
            detail=("Déjà {n} fois aujourd'hui.", "Une nouvelle installation n'a rien changé."),
            question=("Quel système et quelle version ?", "Cela arrive-t-il avec chaque fichier ?"),
            reply=("C'est la version {version} sous [Windows|macOS|Linux].", "Seulement avec {file}."),
            solution=("La version {version} corrigée est publiée.", "Le cache abîmé est vidé."),
        ),
    },
)

SLOW = TopicWords(
    "technical/slow",
    {
        "en": Words(
            thing=("the slow pages", "the speed"),
            subject=("Everything is slow", "Pages load slowly", "Reports time out", "Slow since {weekday}"),
            problem=(
                "The pages [take ages|load very slowly] since {weekday}.",
                "Opening a report [takes|needs] {n} minutes and then shows {error}.",
                "Searching is so slow that we [cannot work|stopped using it].",
                "In the mornings the dashboard [hangs|loads without end].",
            ),
            detail=(
                "Our line is fine, other pages are quick.",
                "All of our {n} offices see it.",
                "At night it is quick.",
            ),
            ask=("What is wrong?", "Please make it quick again.", "Is there a fault known?"),
            question=(
                "Which page is the slowest?",
                "At which time of day does it happen?",
                "How many rows does the report have?",
            ),
            reply=("The report page is the slowest.", "Between nine and eleven.", "About {n} thousand rows."),
            finding=(
                "The search index of the account was rebuilt on {date} and is too large.",
                "A nightly job runs until ten in the morning since {date}.",
            ),
            solution=(
                "The index was made smaller and the search answers at once.",
                "The nightly job was moved and the pages are quick.",
                "The report now reads only the last {n} months.",
            ),
            again=("The pages are slow again.", "The report runs into {error} again."),
            restate=("the pages load slowly since {weekday}", "the report takes {n} minutes"),
            step=("Next, the developers look at the slow queries.", "The next step is a measurement in the morning."),
            note=("Slow query on the report table, {n} accounts hit.", "Nightly job overlaps with office hours."),
        ),
        "de": Words(
            thing=("Geschwindigkeit",),
            subject=("Alles ist langsam", "Seiten laden langsam", "Berichte brechen ab"),
            problem=(
                "Die Seiten laden seit {weekday} [sehr langsam|ewig].",
                "Ein Bericht [braucht|dauert] {n} Minuten und zeigt dann {error}.",
                "Die Suche ist so langsam, dass wir [nicht arbeiten können|sie nicht mehr nutzen].",
            ),
            detail=("Unsere Leitung ist in Ordnung.", "Alle {n} Büros sehen es."),
            question=("Welche Seite ist am langsamsten?", "Zu welcher Tageszeit passiert es?"),
            reply=("Die Seite mit den Berichten.", "Zwischen neun und elf."),
            solution=("Der Index ist kleiner, die Suche antwortet sofort.", "Der nächtliche Lauf ist verlegt."),
        ),
        "es": Words(
            thing=("la velocidad",),
            subject=("Todo va lento", "Las páginas cargan despacio", "Los informes se cortan"),
            problem=(
                "Las páginas [tardan mucho|cargan muy despacio] desde el {weekday}.",
                "Un informe [tarda|necesita] {n} minutos y luego muestra {error}.",
                "La búsqueda es tan lenta que [no podemos trabajar|ya no la usamos].",
            ),
            detail=("Nuestra línea está bien.", "Lo ven las {n} oficinas."),
            question=("¿Qué página es la más lenta?", "¿A qué hora del día pasa?"),
            reply=("La página de informes.", "Entre las nueve y las once."),
            solution=(
                "El índice es más pequeño y la búsqueda responde al instante.",
                "El proceso nocturno está movido.",
            ),
        ),
        "fr": Words(
            thing=("la lenteur",),
            subject=("Tout est lent", "Pages lentes", "Les rapports échouent"),
            problem=(
                "Les pages [mettent longtemps|chargent très lentement] depuis {weekday}.",
                "Un rapport [prend|demande] {n} minutes puis affiche {error}.",
                "La recherche est si lente que [nous ne pouvons plus travailler|nous ne l'utilisons plus].",
            ),
            detail=("Notre ligne est bonne.", "Nos {n} bureaux le voient."),
            question=("Quelle page est la plus lente ?", "À quelle heure cela arrive-t-il ?"),
            reply=("La page des rapports.", "Entre neuf et onze heures."),
            solution=("L'index est plus petit et la recherche répond aussitôt.", "La tâche de nuit est déplacée."),
        ),
    },
)

INTEGRATION = TopicWords(
    "technical/integration",
    {
        "en": Words(
            thing=("the integration", "our connection"),
            subject=("Integration stopped", "Webhook not called", "API answers {error}", "Data does not sync"),
            problem=(
                "The integration with our [CRM|shop|calendar] stopped on {date}.",
                "Your API [answers|replies] with {error} since {weekday}.",
                "The webhook is [not called|called twice] for new records.",
                "The sync [leaves out|doubles] some records, {n} so far.",
            ),
            detail=(
                "The key was not changed.",
                "We send about {n} calls per second.",
                "The log shows the reference {reference}.",
            ),
            ask=("Please check your side.", "Did the API change?", "Please tell us how to go on."),
            question=(
                "Which address of the API is called?",
                "What is the time of one call that failed?",
                "Which version of the connector is installed?",
            ),
            reply=("One call failed on {date} at ten.", "We use connector {version}.", "The reference is {reference}."),
            finding=(
                "The key lost one right on {date}, so the calls end with {error}.",
                "The webhook was paused after {n} failed calls.",
            ),
            solution=(
                "The right was given back and the calls pass.",
                "The webhook is active and the missed calls were sent again.",
                "Connector {version} no longer doubles records.",
            ),
            again=("The API answers {error} again.", "The webhook is paused again."),
            restate=("the API answers {error} since {weekday}", "the integration stopped on {date}"),
            step=("Next, the missed calls are sent again.", "The next step is a look at the log of the gateway."),
            note=("Scope removed by the release of {date}.", "Webhook paused after {n} timeouts at the customer."),
        ),
        "de": Words(
            thing=("Anbindung",),
            subject=("Anbindung steht", "Webhook wird nicht gerufen", "API antwortet {error}"),
            problem=(
                "Die Anbindung an [das CRM|den Shop|den Kalender] steht seit {date}.",
                "Ihre API [antwortet|meldet] seit {weekday} {error}.",
                "Der Webhook wird für neue Einträge [nicht|doppelt] aufgerufen.",
            ),
            detail=("Der Schlüssel ist unverändert.", "Im Protokoll steht die Referenz {reference}."),
            question=("Welche Adresse der API wird gerufen?", "Wann ist ein Aufruf gescheitert?"),
            reply=("Ein Aufruf scheiterte am {date} um zehn.", "Die Referenz ist {reference}."),
            solution=("Das Recht ist zurück, die Aufrufe gehen durch.", "Der Webhook ist wieder aktiv."),
        ),
        "es": Words(
            thing=("la integración",),
            subject=("Integración parada", "El webhook no se llama", "La API responde {error}"),
            problem=(
                "La integración con [el CRM|la tienda|el calendario] está parada desde el {date}.",
                "Su API [responde|contesta] {error} desde el {weekday}.",
                "El webhook [no se llama|se llama dos veces] con registros nuevos.",
            ),
            detail=("La clave no ha cambiado.", "El registro muestra la referencia {reference}."),
            question=("¿Qué dirección de la API se llama?", "¿A qué hora falló una llamada?"),
            reply=("Una llamada falló el {date} a las diez.", "La referencia es {reference}."),
            solution=("El permiso está devuelto y las llamadas pasan.", "El webhook está activo de nuevo."),
        ),
        "fr": Words(
            thing=("l'intégration",),
            subject=("Intégration arrêtée", "Webhook non appelé", "L'API répond {error}"),
            problem=(
                "L'intégration avec [le CRM|la boutique|l'agenda] est arrêtée depuis le {date}.",
                "Votre API [répond|renvoie] {error} depuis {weekday}.",
                "Le webhook [n'est pas appelé|est appelé deux fois] pour les nouveaux éléments.",
            ),
            detail=("La clé n'a pas changé.", "Le journal indique la référence {reference}."),
            question=("Quelle adresse de l'API est appelée ?", "À quelle heure un appel a-t-il échoué ?"),
            reply=("Un appel a échoué le {date} à dix heures.", "La référence est {reference}."),
            solution=("Le droit est rendu et les appels passent.", "Le webhook est de nouveau actif."),
        ),
    },
)

EXPORT = TopicWords(
    "technical/export",
    {
        "en": Words(
            thing=("the export", "the exported file"),
            subject=("Export is empty", "Export fails", "Rows missing in the export", "Export ends with {error}"),
            problem=(
                "The export {file} [stops|is cut off] after {n} rows.",
                "The export [stops|ends] with {error} after some minutes.",
                "In the exported file the [dates|amounts|umlauts] are wrong.",
                "The mail with the link to {file} [never comes|has a dead link].",
            ),
            detail=(
                "The month is {month}.",
                "With fewer rows it works.",
                "The file has {n} columns less than before.",
            ),
            ask=("Please send me the file.", "How do I export everything?", "Please repair the export."),
            question=(
                "Which filter is set in the export?",
                "In which program is {file} opened?",
                "Which month is exported?",
            ),
            reply=("No filter is set.", "I open it in [Excel|LibreOffice].", "The month is {month}."),
            finding=(
                "The export stops at a row of {date} with a broken sign.",
                "The link in the mail runs out too early.",
            ),
            solution=(
                "The file {file} was made again and is complete.",
                "The broken row was repaired and the export ends without {error}.",
                "The file is written with the right encoding.",
            ),
            again=("The export ends with {error} again.", "The new file is empty as well."),
            restate=("the export {file} is not complete", "the export stops with {error}"),
            step=("Next, the export is run by hand for {month}.", "The next step is a repair of the broken row."),
            note=("Broken sign in a row of {date}, export worker stops.", "Link expiry too short, known fault."),
        ),
        "de": Words(
            thing=("Export",),
            subject=("Export ist leer", "Export bricht ab", "Zeilen fehlen im Export"),
            problem=(
                "Der Export {file} ist nach {n} Zeilen [leer|abgeschnitten].",
                "Der Export [bricht|hört] mit {error} ab.",
                "In der Datei sind [die Daten|die Beträge|die Umlaute] falsch.",
            ),
            detail=("Es geht um {month}.", "Mit weniger Zeilen geht es."),
            question=("Welcher Filter ist gesetzt?", "Mit welchem Programm wird {file} geöffnet?"),
            reply=("Es ist kein Filter gesetzt.", "Ich öffne sie mit [Excel|LibreOffice]."),
            solution=("Die Datei {file} ist neu erstellt und vollständig.", "Die defekte Zeile ist repariert."),
        ),
        "es": Words(
            thing=("la exportación",),
            subject=("Exportación vacía", "La exportación falla", "Faltan filas"),
            problem=(
                "La exportación {file} está [vacía|cortada] tras {n} filas.",
                "La exportación [termina|se para] con {error}.",
                "En el archivo [las fechas|los importes|los acentos] están mal.",
            ),
            detail=("El mes es {month}.", "Con menos filas funciona."),
            question=("¿Qué filtro está puesto?", "¿Con qué programa se abre {file}?"),
            reply=("No hay ningún filtro.", "Lo abro con [Excel|LibreOffice]."),
            solution=("El archivo {file} está hecho de nuevo y completo.", "La fila dañada está reparada."),
        ),
        "fr": Words(
            thing=("l'export",),
            subject=("Export vide", "L'export échoue", "Lignes manquantes"),
            problem=(
                "L'export {file} est [vide|coupé] après {n} lignes.",
                "L'export [finit|s'arrête] avec {error}.",
                "Dans le fichier, [les dates|les montants|les accents] sont faux.",
            ),
            detail=("Le mois est {month}.", "Avec moins de lignes cela marche."),
            question=("Quel filtre est posé ?", "Avec quel programme {file} est-il ouvert ?"),
            reply=("Aucun filtre n'est posé.", "Je l'ouvre avec [Excel|LibreOffice]."),
            solution=("Le fichier {file} est refait et complet.", "La ligne abîmée est réparée."),
        ),
    },
)

MOBILE = TopicWords(
    "technical/mobile",
    {
        "en": Words(
            thing=("the app on the phone", "the phone app"),
            subject=(
                "App on the phone",
                "No notifications on the phone",
                "Mobile app shows old data",
                "Phone app {version}",
            ),
            problem=(
                "On the phone [no notifications come|the notifications are late].",
                "The phone app shows [old data|yesterday's numbers] until I sign out.",
                "The camera in the phone app stays [black|frozen].",
                "Version {version} on the phone [drains the battery|gets hot].",
            ),
            detail=(
                "The phone is {n} years old.",
                "On the tablet it works.",
                "The permissions are all given.",
            ),
            ask=("What can I do?", "Please check the app.", "When is the next version out?"),
            question=(
                "Which phone and which system is it?",
                "Is the battery saver on?",
                "Does it happen on the mobile network as well?",
            ),
            reply=(
                "It is [an Android phone|an iPhone] with the newest system.",
                "The battery saver is off.",
                "Yes, there as well.",
            ),
            finding=(
                "The phone's token for notifications ran out on {date}.",
                "The app keeps its data when the network changes.",
            ),
            solution=(
                "The token was renewed and notifications arrive.",
                "Version {version} fetches the data at each start.",
                "The camera works after the permission was set again.",
            ),
            again=("No notifications come again.", "The phone app shows old data again."),
            restate=("no notifications reach your phone", "the phone app shows old data"),
            step=("Next, a test message is sent to the phone.", "The next step is a test with version {version}."),
            note=("Push token invalid since {date}.", "Seen on {n} phones with battery saver."),
        ),
        "de": Words(
            thing=("App auf dem Telefon",),
            subject=("App auf dem Telefon", "Keine Mitteilungen", "App zeigt alte Daten"),
            problem=(
                "Auf dem Telefon kommen [keine|nur späte] Mitteilungen.",
                "Die App zeigt [alte Daten|die Zahlen von gestern], bis ich mich abmelde.",
                "Die Kamera in der App bleibt [schwarz|stehen].",
            ),
            detail=("Das Telefon ist {n} Jahre alt.", "Auf dem Tablet geht es."),
            question=("Welches Telefon und welches System ist es?", "Ist der Sparmodus an?"),
            reply=("[Ein Android-Gerät|Ein iPhone] mit neuem System.", "Der Sparmodus ist aus."),
            solution=("Die Mitteilungen kommen wieder an.", "Version {version} holt die Daten bei jedem Start."),
        ),
        "es": Words(
            thing=("la aplicación del móvil",),
            subject=("Aplicación del móvil", "Sin notificaciones", "La aplicación muestra datos viejos"),
            problem=(
                "En el móvil [no llegan|llegan tarde] las notificaciones.",
                "La aplicación muestra [datos viejos|los números de ayer] hasta que cierro sesión.",
                "La cámara de la aplicación se queda [negra|parada].",
            ),
            detail=("El móvil tiene {n} años.", "En la tableta funciona."),
            question=("¿Qué móvil y qué sistema es?", "¿Está puesto el ahorro de batería?"),
            reply=("Es [un Android|un iPhone] con el sistema nuevo.", "El ahorro está quitado."),
            solution=("Las notificaciones llegan de nuevo.", "La versión {version} carga los datos en cada inicio."),
        ),
        "fr": Words(
            thing=("l'application mobile",),
            subject=("Application mobile", "Pas de notifications", "L'application montre de vieilles données"),
            problem=(
                "Sur le téléphone, les notifications [ne viennent pas|viennent en retard].",
                "L'application montre [de vieilles données|les chiffres d'hier] jusqu'à la déconnexion.",
                "La caméra de l'application reste [noire|figée].",
            ),
            detail=("Le téléphone a {n} ans.", "Sur la tablette cela marche."),
            question=("Quel téléphone et quel système ?", "L'économie de batterie est-elle active ?"),
            reply=("C'est [un Android|un iPhone] avec le système récent.", "L'économie est coupée."),
            solution=(
                "Les notifications arrivent de nouveau.",
                "La version {version} charge les données à chaque départ.",
            ),
        ),
    },
)

TECHNICAL = (APP_CRASH, SLOW, INTEGRATION, EXPORT, MOBILE)
