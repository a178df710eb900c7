"""Topics about parcels: late, wrong, sent back, to another address."""

from __future__ import annotations

from maitred.floor.texts.words import TopicWords, Words

DELIVERY_LATE = TopicWords(
    "orders/delivery_late",
    {
        "en": Words(
            thing=("the delivery", "my parcel"),
            subject=("Parcel not here", "Delivery is late", "Where is my order", "Order delayed since {weekday}"),
            problem=(
                "My parcel< with order {order}> was due on {date} and is [still not here|nowhere to be seen].",
                "The tracking has [not moved|stood still] for {n} days< for order {order}>.",
                "The carrier says the parcel was delivered on {weekday}, but [nobody here got it|nothing is here].",
                "You [promised|confirmed] delivery for {date} and I am still waiting< for {order}>.",
            ),
            detail=(
                "The last entry in the tracking is from {date}.",
                "The tracking number is {tracking}.",
                "I asked the neighbours, nobody has it.",
            ),
            ask=("Where is the parcel?", "Please send it again or pay me back.", "When does it arrive?"),
            question=(
                "Which place does the last tracking entry name?",
                "Was there a card of the carrier in the letter box on {weekday}?",
                "Is somebody at home during the day?",
            ),
            reply=(
                "The last entry names the depot.",
                "There was no card in the letter box.",
                "Yes, somebody is always at home.",
            ),
            finding=(
                "The carrier {tracking} scanned the parcel last on {date} in the depot.",
                "The parcel was sorted to the wrong depot on {weekday}.",
            ),
            solution=(
                "The parcel was found and handed over on {weekday}.",
                "A second parcel is on its way with tracking {tracking}.",
                "The carrier confirmed the loss and {amount} was paid back.",
            ),
            again=("The second parcel did not arrive either.", "The tracking stands still again since {weekday}."),
            restate=("your parcel was due on {date} and is not there", "the tracking has stood still for {n} days"),
            step=("Next, the carrier searches the depot for the parcel.", "The next step is a second parcel."),
            note=("Carrier ticket opened, tracking {tracking}.", "Depot confirms wrong sorting on {weekday}."),
        ),
        "de": Words(
            thing=("Lieferung",),
            subject=("Paket nicht da", "Lieferung verspätet", "Wo ist meine Bestellung"),
            problem=(
                "Mein Paket< zur Bestellung {order}> sollte am {date} kommen und ist [noch nicht|immer noch nicht] da.",
                "Die Sendungsverfolgung [steht|bewegt sich] seit {n} Tagen [still|nicht]< bei {order}>.",
                "Laut Zusteller wurde am {weekday} geliefert, hier ist aber [nichts|kein Paket] angekommen.",
            ),
            detail=("Der letzte Eintrag ist vom {date}.", "Die Sendungsnummer ist {tracking}."),
            question=("Welchen Ort nennt der letzte Eintrag?", "Lag am {weekday} eine Karte im Briefkasten?"),
            reply=("Der letzte Eintrag nennt das Depot.", "Es lag keine Karte im Briefkasten."),
            solution=(
                "Das Paket wurde gefunden und am {weekday} übergeben.",
                "Ein zweites Paket mit {tracking} ist unterwegs.",
            ),
        ),
        "es": Words(
            thing=("la entrega",),
            subject=("El paquete no ha llegado", "Entrega con retraso", "Dónde está mi pedido"),
            problem=(
                "Mi paquete< del pedido {order}> debía llegar el {date} y [todavía no está|sigue sin llegar].",
                "El seguimiento [no se mueve|está parado] desde hace {n} días< en el pedido {order}>.",
                "Según el transportista se entregó el {weekday}, pero aquí [no hay nada|nadie lo tiene].",
            ),
            detail=("La última entrada es del {date}.", "El número de seguimiento es {tracking}."),
            question=("¿Qué lugar indica la última entrada?", "¿Había un aviso en el buzón el {weekday}?"),
            reply=("La última entrada indica el almacén.", "No había ningún aviso en el buzón."),
            solution=(
                "El paquete apareció y se entregó el {weekday}.",
                "Un segundo paquete está en camino con {tracking}.",
            ),
        ),
        "fr": Words(
            thing=("la livraison",),
            subject=("Colis non arrivé", "Livraison en retard", "Où est ma commande"),
            problem=(
                "Mon colis< de la commande {order}> devait arriver le {date} et [n'est pas là|n'est toujours pas là].",
                "Le suivi [ne bouge plus|est bloqué] depuis {n} jours< pour {order}>.",
                "Selon le transporteur, la livraison a eu lieu {weekday}, mais ici [il n'y a rien|personne ne l'a].",
            ),
            detail=("La dernière étape date du {date}.", "Le numéro de suivi est {tracking}."),
            question=("Quel lieu indique la dernière étape ?", "Y avait-il un avis dans la boîte {weekday} ?"),
            reply=("La dernière étape indique le dépôt.", "Il n'y avait pas d'avis dans la boîte."),
            solution=("Le colis a été retrouvé et remis {weekday}.", "Un second colis est en route avec {tracking}."),
        ),
    },
)

WRONG_ITEM = TopicWords(
    "orders/wrong_item",
    {
        "en": Words(
            thing=("the wrong item", "the item"),
            subject=("Wrong item received", "Item damaged", "Not what I ordered", "Part missing in the box"),
            problem=(
                "I got the wrong [colour|size|model]< in order {order}>.",
                "The box held [something else|another product] than I ordered< under {order}>.",
                "The item arrived [broken|damaged] on {weekday}.",
                "There are {n} pieces missing in the box< of {order}>.",
            ),
            detail=(
                "The label on the box is right, the content is not.",
                "A photo of the item is attached.",
                "The box itself was not damaged.",
            ),
            ask=("Please send the right one.", "Who pays for sending it back?", "Please exchange it."),
            question=(
                "Which number stands on the label of the box?",
                "Is the item still in its packing?",
                "Is an exchange or the money wanted?",
            ),
            reply=("The label says {error}.", "Yes, it is still packed.", "I want an exchange."),
            finding=(
                "The warehouse list of {date} names another article than the order.",
                "Two labels were swapped in the warehouse on {weekday}.",
            ),
            solution=(
                "The right item left the warehouse on {weekday}.",
                "The item was exchanged and the return is paid.",
                "The missing pieces are on their way with {tracking}.",
            ),
            again=("The new item is wrong as well.", "The exchange arrived broken again."),
            restate=("the box held another item than you ordered", "{n} pieces are missing in your box"),
            step=("Next, the warehouse packs the right item.", "The next step is a paid label for the return."),
            note=("Swapped labels in aisle {n}, other orders may be hit.", "Exchange agreed, no return needed."),
        ),
        "de": Words(
            thing=("falscher Artikel",),
            subject=("Falscher Artikel erhalten", "Artikel beschädigt", "Teile fehlen"),
            problem=(
                "Ich habe [die falsche Farbe|die falsche Größe|das falsche Modell] bekommen< bei Bestellung {order}>.",
                "Im Karton war [etwas anderes|ein anderes Produkt] als bestellt< unter {order}>.",
                "Der Artikel kam am {weekday} [kaputt|beschädigt] an.",
            ),
            detail=("Das Etikett stimmt, der Inhalt nicht.", "Ein Foto hängt an."),
            question=("Welche Nummer steht auf dem Etikett?", "Ist der Artikel noch verpackt?"),
            reply=("Auf dem Etikett steht {error}.", "Ja, er ist noch verpackt."),
            solution=(
                "Der richtige Artikel ist am {weekday} abgegangen.",
                "Der Artikel ist umgetauscht, die Rücksendung bezahlt.",
            ),
        ),
        "es": Words(
            thing=("el artículo equivocado",),
            subject=("Artículo equivocado", "Artículo dañado", "Faltan piezas"),
            problem=(
                "He recibido [el color|la talla|el modelo] que no era< en el pedido {order}>.",
                "En la caja había [otra cosa|otro producto] distinto de lo pedido< en {order}>.",
                "El artículo llegó [roto|dañado] el {weekday}.",
            ),
            detail=("La etiqueta es correcta, el contenido no.", "Adjunto una foto."),
            question=("¿Qué número aparece en la etiqueta?", "¿Está el artículo todavía embalado?"),
            reply=("La etiqueta dice {error}.", "Sí, sigue embalado."),
            solution=("El artículo correcto salió el {weekday}.", "El artículo está cambiado y la devolución pagada."),
        ),
        "fr": Words(
            thing=("le mauvais article",),
            subject=("Mauvais article reçu", "Article abîmé", "Pièces manquantes"),
            problem=(
                "J'ai reçu [la mauvaise couleur|la mauvaise taille|le mauvais modèle]< pour la commande {order}>.",
                "Le carton contenait [autre chose|un autre produit] que ma commande< {order}>.",
                "L'article est arrivé [cassé|abîmé] {weekday}.",
            ),
            detail=("L'étiquette est juste, le contenu non.", "Une photo est jointe."),
            question=("Quel numéro figure sur l'étiquette ?", "L'article est-il encore emballé ?"),
            reply=("L'étiquette indique {error}.", "Oui, il est encore emballé."),
            solution=("Le bon article est parti {weekday}.", "L'article est échangé et le retour payé."),
        ),
    },
)

RETURN = TopicWords(
    "orders/return",
    {
        "en": Words(
            thing=("the return", "my return"),
            subject=("Return label missing", "How to return an item", "Return refused", "Return of an order"),
            problem=(
                "I want to [return|send back] my order< {order}> and find no label.",
                "The return label [does not print|cannot be opened]< for {order}>.",
                "The shop [refused|turned down] my return of {date}.",
                "My return arrived on {weekday} and the page still says [waiting|on its way].",
            ),
            detail=(
                "The item is unused and in its box.",
                "The page ends with error {error}.",
                "I ordered it {n} weeks ago.",
            ),
            ask=("Please send me a label.", "How can I return it?", "Please book the return."),
            question=(
                "Which of the items goes back?",
                "Is a printer at hand or is a code for the shop better?",
                "Why does the item not fit?",
            ),
            reply=(
                "Only the [first|second] item goes back.",
                "A code for the shop is better.",
                "It is too [small|large].",
            ),
            finding=(
                "The label was made on {date} and has run out.",
                "The return was scanned on {weekday} without its number.",
            ),
            solution=(
                "A new label is in the account and is good for {n} weeks.",
                "The return is booked and the page shows it.",
                "The code for the shop was sent, no printer is needed.",
            ),
            again=("The new label cannot be opened either.", "The shop refused the code."),
            restate=("the return label cannot be printed", "your return of {date} was refused"),
            step=("Next, the warehouse looks for the parcel by weight.", "The next step is a code for the shop."),
            note=("Label expired, new one made.", "Return without number, matched by weight and date {date}."),
        ),
        "de": Words(
            thing=("Rücksendung",),
            subject=("Etikett für Rücksendung fehlt", "Artikel zurückgeben", "Rückgabe abgelehnt"),
            problem=(
                "Ich möchte die Bestellung< {order}> [zurückgeben|zurückschicken] und finde kein Etikett.",
                "Das Etikett für die Rücksendung lässt sich nicht [drucken|öffnen]< für {order}>.",
                "Meine Rücksendung kam am {weekday} an, die Seite sagt noch [unterwegs|wartend].",
            ),
            detail=("Der Artikel ist unbenutzt und im Karton.", "Die Seite endet mit Fehler {error}."),
            question=("Welcher Artikel geht zurück?", "Gibt es einen Drucker oder ist ein Code besser?"),
            reply=("Nur der [erste|zweite] Artikel geht zurück.", "Ein Code ist besser."),
            solution=("Ein neues Etikett liegt im Konto.", "Die Rücksendung ist gebucht."),
        ),
        "es": Words(
            thing=("la devolución",),
            subject=("Falta la etiqueta de devolución", "Devolver un artículo", "Devolución rechazada"),
            problem=(
                "Quiero [devolver|enviar de vuelta] mi pedido< {order}> y no encuentro la etiqueta.",
                "La etiqueta de devolución no se puede [imprimir|abrir]< para {order}>.",
                "Mi devolución llegó el {weekday} y la página sigue diciendo [en camino|pendiente].",
            ),
            detail=("El artículo está sin usar y en su caja.", "La página termina con el error {error}."),
            question=("¿Qué artículo se devuelve?", "¿Hay impresora o es mejor un código?"),
            reply=("Solo se devuelve el [primer|segundo] artículo.", "Es mejor un código."),
            solution=("Hay una etiqueta nueva en la cuenta.", "La devolución está registrada."),
        ),
        "fr": Words(
            thing=("le retour",),
            subject=("Étiquette de retour manquante", "Renvoyer un article", "Retour refusé"),
            problem=(
                "Je veux [renvoyer|retourner] ma commande< {order}> et je ne trouve pas d'étiquette.",
                "L'étiquette de retour ne [s'imprime|s'ouvre] pas< pour {order}>.",
                "Mon retour est arrivé {weekday} et la page indique encore [en route|en attente].",
            ),
            detail=("L'article est neuf et dans son carton.", "La page finit par l'erreur {error}."),
            question=("Quel article est renvoyé ?", "Y a-t-il une imprimante ou un code est-il préférable ?"),
            reply=("Seul le [premier|second] article est renvoyé.", "Un code est préférable."),
            solution=("Une nouvelle étiquette est dans le compte.", "Le retour est enregistré."),
        ),
    },
)

ADDRESS_CHANGE = TopicWords(
    "orders/address_change",
    {
        "en": Words(
            thing=("the delivery address", "the new address"),
            subject=(
                "Change of address",
                "Wrong delivery address",
                "Parcel to the old address",
                "New address for my order",
            ),
            problem=(
                "My order< {order}> [goes|is going] to the old address.",
                "I made a mistake in the [street|house number|postcode] of my order< {order}>.",
                "We [moved|have moved] on {date} and the parcel is addressed to the old office.",
                "The page does not let me change the address< of {order}>, it shows {error}.",
            ),
            detail=(
                "The order was placed on {date}.",
                "The old office is empty.",
                "The carrier says that only you can change it.",
            ),
            ask=("Please change the address.", "Can the parcel be stopped?", "Please confirm the new address."),
            question=(
                "What is the full new address?",
                "Is the change for this order only?",
                "Is there a parcel shop that would do as well?",
            ),
            reply=("The change is for all orders.", "Only for this one order.", "A parcel shop is fine as well."),
            finding=(
                "The parcel left the warehouse on {date} with the old address.",
                "The order is not packed yet and can be changed.",
            ),
            solution=(
                "The address is changed and printed on the new label.",
                "The parcel was sent on to the new address with {tracking}.",
                "The new address is stored for all orders.",
            ),
            again=("The parcel went to the old address all the same.", "The page shows the old address again."),
            restate=("your parcel is on its way to the old address", "the address of the order cannot be changed"),
            step=("Next, the carrier turns the parcel round.", "The next step is a new label in the warehouse."),
            note=("Stopped at packing, label made again.", "Carrier redirect asked for {tracking}."),
        ),
        "de": Words(
            thing=("Lieferadresse",),
            subject=("Adresse ändern", "Falsche Lieferadresse", "Paket an alte Adresse"),
            problem=(
                "Meine Bestellung< {order}> geht an die [alte|falsche] Adresse.",
                "Ich habe mich bei [der Straße|der Hausnummer|der Postleitzahl] vertippt< in Bestellung {order}>.",
                "Wir sind am {date} umgezogen, das Paket geht [noch|weiter] an das alte Büro.",
            ),
            detail=("Bestellt wurde am {date}.", "Das alte Büro ist leer."),
            question=("Wie lautet die ganze neue Adresse?", "Gilt die Änderung nur für diese Bestellung?"),
            reply=("Die Änderung gilt für alle Bestellungen.", "Nur für diese eine Bestellung."),
            solution=(
                "Die Adresse ist geändert und steht auf dem Etikett.",
                "Das Paket mit {tracking} ist umgeleitet.",
            ),
        ),
        "es": Words(
            thing=("la dirección de entrega",),
            subject=("Cambio de dirección", "Dirección de entrega incorrecta", "Paquete a la dirección antigua"),
            problem=(
                "Mi pedido< {order}> va a la dirección [antigua|equivocada].",
                "Me equivoqué en [la calle|el número|el código postal]< del pedido {order}>.",
                "Nos mudamos el {date} y el paquete [va|sigue yendo] a la oficina antigua.",
            ),
            detail=("El pedido se hizo el {date}.", "La oficina antigua está vacía."),
            question=("¿Cuál es la dirección nueva completa?", "¿El cambio es solo para este pedido?"),
            reply=("El cambio es para todos los pedidos.", "Solo para este pedido."),
            solution=("La dirección está cambiada en la etiqueta.", "El paquete {tracking} está desviado."),
        ),
        "fr": Words(
            thing=("l'adresse de livraison",),
            subject=("Changement d'adresse", "Mauvaise adresse de livraison", "Colis à l'ancienne adresse"),
            problem=(
                "Ma commande< {order}> part à [l'ancienne|la mauvaise] adresse.",
                "Je me suis trompé dans [la rue|le numéro|le code postal]< de la commande {order}>.",
                "Nous avons déménagé le {date} et le colis part [encore|toujours] à l'ancien bureau.",
            ),
            detail=("La commande date du {date}.", "L'ancien bureau est vide."),
            question=(
                "Quelle est la nouvelle adresse complète ?",
                "Le changement vaut-il pour cette commande seulement ?",
            ),
            reply=("Le changement vaut pour toutes les commandes.", "Seulement pour cette commande."),
            solution=("L'adresse est changée sur l'étiquette.", "Le colis {tracking} est dévié."),
        ),
    },
)

ORDERS = (DELIVERY_LATE, WRONG_ITEM, RETURN, ADDRESS_CHANGE)
