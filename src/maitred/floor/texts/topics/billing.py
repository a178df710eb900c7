"""Topics about money: invoices, refunds, payments, plans."""

from __future__ import annotations

from maitred.floor.texts.words import TopicWords, Words

INVOICE = TopicWords(
    "billing/invoice",
    {
        "en": Words(
            thing=("the invoice", "our last invoice"),
            subject=("Wrong amount on the invoice", "Invoice {invoice}", "Question about our invoice", "Charged twice"),
            problem=(
                "The invoice {invoice} shows {amount}, but we agreed on a lower price.",
                "We were [charged|billed] twice for {date}: {amount} was [taken|booked] two times.",
                "On invoice {invoice} there is a line of {amount} that [I cannot explain|nobody here knows].",
                "The invoice for [last month|this month] is missing in [our account|the portal]< for order {order}>.",
            ),
            detail=(
                "The difference is {amount} and it was already there in {month}.",
                "Our bookkeeping needs the document with the right company address.",
                "The number of seats on it is {n}, we have one less.",
            ),
            ask=(
                "Please send a corrected invoice.",
                "[Can|Could] you explain where the amount comes from?",
                "Please cancel the wrong line and credit the difference.",
            ),
            question=(
                "Which line of the invoice differs from what was agreed?",
                "Is the billing address on {invoice} still the right one?",
                "Which amount does the bank statement show for {date}?",
            ),
            reply=(
                "It is the second line, the one with {amount}.",
                "The billing address is right, only the amount is not.",
                "The bank statement shows {amount} on {date}.",
            ),
            finding=(
                "The invoice {invoice} contains one seat that was removed on {date}.",
                "The entry of {amount} belongs to the period before the plan was changed.",
            ),
            solution=(
                "The invoice {invoice} has been corrected and the new document is in the portal.",
                "The double charge of {amount} has been credited.",
                "The line of {amount} was removed and the credit note is attached to the account.",
            ),
            again=(
                "The new invoice shows the same wrong amount of {amount}.",
                "The credit note never arrived in our portal.",
            ),
            restate=(
                "the invoice {invoice} shows an amount that you did not expect",
                "{amount} appears on your invoice without an explanation",
            ),
            step=(
                "Next, the billing team compares {invoice} with the contract.",
                "The next step is a credit note for the difference.",
            ),
            note=(
                "Invoice {invoice} has a seat too many since {date}, credit {amount}.",
                "Double booking seen in the ledger, asked finance to reverse it.",
            ),
        ),
        "de": Words(
            thing=("Rechnung",),
            subject=("Falscher Betrag auf der Rechnung", "Rechnung {invoice}", "Frage zur Rechnung"),
            problem=(
                "Die Rechnung {invoice} weist {amount} aus, vereinbart war weniger.",
                "Für {date} wurde uns {amount} [doppelt|zweimal] abgebucht.",
                "Die Rechnung für [letzten|diesen] Monat fehlt [im Portal|in unserem Konto]< zur Bestellung {order}>.",
            ),
            detail=(
                "Der Unterschied beträgt {amount}.",
                "Unsere Buchhaltung braucht den Beleg mit der richtigen Firmenanschrift.",
            ),
            question=(
                "Welche Zeile der Rechnung weicht von der Vereinbarung ab?",
                "Welcher Betrag steht für {date} auf dem Kontoauszug?",
            ),
            reply=("Es ist die zweite Zeile mit {amount}.", "Auf dem Kontoauszug steht {amount} am {date}."),
            solution=(
                "Die Rechnung {invoice} wurde berichtigt und liegt im Portal.",
                "Die doppelte Abbuchung von {amount} ist gutgeschrieben.",
            ),
        ),
        "es": Words(
            thing=("la factura",),
            subject=("Importe incorrecto en la factura", "Factura {invoice}", "Duda sobre la factura"),
            problem=(
                "La factura {invoice} indica {amount}, pero acordamos un precio menor.",
                "Nos han cobrado [dos veces|por duplicado] {amount} el {date}.",
                "Falta la factura [del mes pasado|de este mes] en [el portal|nuestra cuenta]< del pedido {order}>.",
            ),
            detail=(
                "La diferencia es de {amount}.",
                "Contabilidad necesita el documento con la dirección correcta de la empresa.",
            ),
            question=(
                "¿Qué línea de la factura no coincide con lo acordado?",
                "¿Qué importe aparece en el extracto del {date}?",
            ),
            reply=("Es la segunda línea, la de {amount}.", "El extracto muestra {amount} el {date}."),
            solution=(
                "La factura {invoice} está corregida y disponible en el portal.",
                "El cargo duplicado de {amount} está abonado.",
            ),
        ),
        "fr": Words(
            thing=("la facture",),
            subject=("Montant erroné sur la facture", "Facture {invoice}", "Question sur la facture"),
            problem=(
                "La facture {invoice} indique {amount}, alors que nous avions convenu d'un prix plus bas.",
                "Nous avons été débités [deux fois|en double] de {amount} le {date}.",
                "La facture [du mois dernier|de ce mois] manque [sur le portail|au compte]< pour la commande {order}>.",
            ),
            detail=(
                "La différence est de {amount}.",
                "Notre comptabilité a besoin du document avec la bonne adresse de la société.",
            ),
            question=(
                "Quelle ligne de la facture diffère de ce qui était convenu ?",
                "Quel montant figure sur le relevé du {date} ?",
            ),
            reply=("C'est la deuxième ligne, celle de {amount}.", "Le relevé indique {amount} le {date}."),
            solution=(
                "La facture {invoice} est corrigée et disponible sur le portail.",
                "Le double débit de {amount} est remboursé.",
            ),
        ),
    },
)

REFUND = TopicWords(
    "billing/refund",
    {
        "en": Words(
            thing=("the refund", "my refund"),
            subject=("Where is my refund", "Refund not received", "Refund of {amount}", "Refund for a returned item"),
            problem=(
                "The refund of {amount}< for order {order}> has [still not|never] arrived.",
                "I sent the item back on {date} and [have seen no|am still without a] refund< for {order}>.",
                "Only a part of the refund [arrived|was paid], {amount} is missing.",
                "The refund went to [an old account|a closed account] and came back to you.",
            ),
            detail=(
                "The return was confirmed on {date}.",
                "My bank says that no payment of {amount} came in.",
                "It was paid with the same account that I use today.",
            ),
            ask=(
                "Please transfer the {amount}.",
                "[Can|Could] you check where the money is?",
                "Please tell me when the refund was sent.",
            ),
            question=(
                "Which way was the order paid?",
                "On which day was the parcel handed in?",
                "Is the account that paid still open?",
            ),
            reply=(
                "It was paid by bank transfer.",
                "I handed the parcel in on {date}.",
                "Yes, the account is still open.",
            ),
            finding=(
                "The return was booked on {date}, the payment of {amount} was not released.",
                "The bank sent the refund of {amount} back on {date}.",
            ),
            solution=(
                "The refund of {amount} has been released.",
                "The missing {amount} was sent to the account that paid the order.",
                "The refund is booked, the receipt is in the account.",
            ),
            again=("The {amount} did not arrive.", "My bank still sees no refund from you."),
            restate=(
                "the refund of {amount} has not reached you",
                "a part of your refund is missing",
            ),
            step=(
                "Next, the payment of {amount} goes back to the bank that it came from.",
                "The next step is the release by the finance team.",
            ),
            note=(
                "Return scanned on {date}, refund stuck in state approved.",
                "Refund {amount} bounced, account closed, needs a new one.",
            ),
        ),
        "de": Words(
            thing=("Erstattung",),
            subject=("Wo bleibt meine Erstattung", "Erstattung nicht erhalten", "Erstattung über {amount}"),
            problem=(
                "Die Erstattung über {amount}< zur Bestellung {order}> ist [noch nicht|nie] angekommen.",
                "Ich habe die Ware am {date} zurückgeschickt und [noch kein Geld gesehen|warte noch auf das Geld].",
                "Nur ein Teil wurde erstattet, es [fehlen|fehlen noch] {amount}.",
            ),
            detail=(
                "Der Eingang der Rücksendung wurde am {date} bestätigt.",
                "Meine Bank sieht keinen Eingang von {amount}.",
            ),
            question=("Wie wurde die Bestellung bezahlt?", "An welchem Tag wurde das Paket abgegeben?"),
            reply=("Bezahlt wurde per Überweisung.", "Ich habe das Paket am {date} abgegeben."),
            solution=("Die Erstattung über {amount} ist freigegeben.", "Die fehlenden {amount} sind überwiesen."),
        ),
        "es": Words(
            thing=("el reembolso",),
            subject=("Dónde está mi reembolso", "Reembolso no recibido", "Reembolso de {amount}"),
            problem=(
                "El reembolso de {amount}< del pedido {order}> [todavía no|nunca] ha llegado.",
                "Devolví el artículo el {date} y [no he visto el dinero|sigo sin el dinero].",
                "Solo se ha devuelto una parte, [faltan|todavía faltan] {amount}.",
            ),
            detail=("La devolución se confirmó el {date}.", "Mi banco no ve ningún ingreso de {amount}."),
            question=("¿Cómo se pagó el pedido?", "¿Qué día se entregó el paquete?"),
            reply=("Se pagó por transferencia.", "Entregué el paquete el {date}."),
            solution=("El reembolso de {amount} está autorizado.", "Los {amount} que faltaban están transferidos."),
        ),
        "fr": Words(
            thing=("le remboursement",),
            subject=("Où est mon remboursement", "Remboursement non reçu", "Remboursement de {amount}"),
            problem=(
                "Le remboursement de {amount}< pour la commande {order}> n'est [toujours pas|jamais] arrivé.",
                "J'ai renvoyé l'article le {date} et [je n'ai rien reçu|j'attends encore l'argent].",
                "Une partie seulement a été remboursée, il [manque|manque encore] {amount}.",
            ),
            detail=("Le retour a été confirmé le {date}.", "Ma banque ne voit aucun versement de {amount}."),
            question=("Comment la commande a-t-elle été payée ?", "Quel jour le colis a-t-il été déposé ?"),
            reply=("Elle a été payée par virement.", "J'ai déposé le colis le {date}."),
            solution=("Le remboursement de {amount} est validé.", "Les {amount} manquants sont versés."),
        ),
    },
)

PAYMENT_FAILED = TopicWords(
    "billing/payment_failed",
    {
        "en": Words(
            thing=("the failed payment", "our payment"),
            subject=("Payment failed", "Card declined", "Cannot pay the invoice", "Payment error {error}"),
            problem=(
                "My payment of {amount} [fails|is declined] every time< for order {order}>.",
                "The checkout [stops|ends] with error {error} after I confirm the payment.",
                "The payment page [keeps loading|turns white] and no money is taken.",
                "You say that the payment failed, but my bank shows {amount} as [booked|taken].",
            ),
            detail=(
                "I tried it {n} times with two different cards.",
                "My bank says that the card is fine.",
                "It started on {date}.",
            ),
            ask=(
                "How can I pay?",
                "Please check what blocks the payment.",
                "Please keep the account open until this is cleared.",
            ),
            question=(
                "Which message appears after the payment is confirmed?",
                "Does the bank show a reserved amount for {date}?",
                "Was the payment tried in an app or in a browser?",
            ),
            reply=(
                "The message says error {error}.",
                "The bank shows {amount} as reserved.",
                "I tried it in [Chrome|Firefox|Safari].",
            ),
            finding=(
                "The payment was stopped by the second check of the bank, code {error}.",
                "The last {n} tries were refused because the postal code did not match.",
            ),
            solution=(
                "The block on the payment is lifted and {amount} went through.",
                "The payment method was renewed and the invoice is marked as paid.",
                "The reserved {amount} was released, the payment page works again.",
            ),
            again=("The payment failed again with {error}.", "The card is still declined."),
            restate=(
                "the payment of {amount} fails at the last step",
                "the checkout stops with {error}",
            ),
            step=(
                "Next, the payment provider checks the refused tries.",
                "The next step is a new payment link.",
            ),
            note=(
                "Provider log shows {error}, second factor of the bank not answered.",
                "Reserved {amount} on {date}, never captured.",
            ),
        ),
        "de": Words(
            thing=("Zahlung",),
            subject=("Zahlung fehlgeschlagen", "Karte abgelehnt", "Fehler {error} beim Bezahlen"),
            problem=(
                "Meine Zahlung von {amount} [schlägt fehl|wird abgelehnt]< für Bestellung {order}>.",
                "Beim Bezahlen kommt [immer|jedes Mal] der Fehler {error}.",
                "Laut Ihnen ist die Zahlung gescheitert, die Bank zeigt {amount} aber als [gebucht|abgebucht].",
            ),
            detail=("Ich habe es {n} Mal mit zwei Karten versucht.", "Die Bank sagt, die Karte ist in Ordnung."),
            question=(
                "Welche Meldung erscheint nach dem Bestätigen?",
                "Zeigt die Bank am {date} einen reservierten Betrag?",
            ),
            reply=("Die Meldung lautet {error}.", "Die Bank zeigt {amount} als reserviert."),
            solution=(
                "Die Sperre ist aufgehoben, {amount} ist eingegangen.",
                "Die Zahlungsart ist erneuert und die Rechnung bezahlt.",
            ),
        ),
        "es": Words(
            thing=("el pago",),
            subject=("Pago fallido", "Tarjeta rechazada", "Error {error} al pagar"),
            problem=(
                "Mi pago de {amount} [falla|es rechazado] siempre< para el pedido {order}>.",
                "Al pagar aparece [siempre|cada vez] el error {error}.",
                "Dicen que el pago falló, pero el banco muestra {amount} como [cobrado|cargado].",
            ),
            detail=("Lo he intentado {n} veces con dos tarjetas.", "El banco dice que la tarjeta está bien."),
            question=("¿Qué mensaje aparece al confirmar?", "¿Muestra el banco un importe retenido el {date}?"),
            reply=("El mensaje es {error}.", "El banco muestra {amount} como retenido."),
            solution=(
                "El bloqueo está retirado y el pago de {amount} ha entrado.",
                "La forma de pago está renovada y la factura pagada.",
            ),
        ),
        "fr": Words(
            thing=("le paiement",),
            subject=("Paiement échoué", "Carte refusée", "Erreur {error} au paiement"),
            problem=(
                "Mon paiement de {amount} [échoue|est refusé] à chaque fois< pour la commande {order}>.",
                "Au paiement, l'erreur {error} s'affiche [toujours|chaque fois].",
                "Selon vous le paiement a échoué, mais la banque montre {amount} comme [débité|prélevé].",
            ),
            detail=("J'ai essayé {n} fois avec deux cartes.", "La banque dit que la carte est valable."),
            question=(
                "Quel message s'affiche après la confirmation ?",
                "La banque montre-t-elle un montant réservé le {date} ?",
            ),
            reply=("Le message est {error}.", "La banque montre {amount} comme réservé."),
            solution=(
                "Le blocage est levé et les {amount} sont encaissés.",
                "Le moyen de paiement est renouvelé et la facture payée.",
            ),
        ),
    },
)

PLAN_CHANGE = TopicWords(
    "billing/plan_change",
    {
        "en": Words(
            thing=("the change of our plan", "our plan"),
            subject=("Change of plan", "Downgrade not applied", "Add seats to our plan", "Upgrade question"),
            problem=(
                "We [moved|changed] to the smaller plan on {date}, but the old one is still active.",
                "I want to [add|remove] {n} seats and the page [ends with|shows] error {error}.",
                "After the upgrade the new features are [missing|not there].",
                "The price of the new plan is {amount}, your page [said|showed] something else.",
            ),
            detail=(
                "We need {n} seats from next month.",
                "The plan page still names the old plan.",
                "I am the owner of the account.",
            ),
            ask=(
                "Please switch the plan.",
                "What happens to the days already paid?",
                "Please confirm the price in writing.",
            ),
            question=(
                "How many seats are needed in the end?",
                "From which day is the new plan wanted?",
                "Is the yearly or the monthly plan meant?",
            ),
            reply=(
                "We need {n} seats in the end.",
                "From {date}, please.",
                "We mean the [yearly|monthly] plan.",
            ),
            finding=(
                "The change was stored on {date} and waits for the end of the paid period.",
                "The new features are tied to a role that the account did not have.",
            ),
            solution=(
                "The account is on the new plan with {n} seats.",
                "The difference of {amount} is credited and the plan is switched.",
                "The new features are switched on for every seat.",
            ),
            again=("The page shows the old plan again.", "We were charged for the old plan again."),
            restate=(
                "your plan was changed on {date} and the old one is still active",
                "the number of seats cannot be changed to {n}",
            ),
            step=(
                "Next, the seats are counted and the plan is switched.",
                "The next step is a written confirmation of the price.",
            ),
            note=(
                "Plan change queued since {date}, trigger it by hand.",
                "Customer wants {n} seats, price {amount} per month agreed.",
            ),
        ),
        "de": Words(
            thing=("Tarifwechsel",),
            subject=("Tarifwechsel", "Herabstufung nicht übernommen", "Weitere Plätze"),
            problem=(
                "Wir haben am {date} in den kleineren Tarif gewechselt, der alte ist [noch aktiv|weiter aktiv].",
                "Ich möchte {n} Plätze [hinzufügen|entfernen], die Seite zeigt Fehler {error}.",
                "Nach dem Wechsel [fehlen|gibt es] die neuen Funktionen [noch|weiterhin] nicht.",
            ),
            detail=("Ab nächstem Monat brauchen wir {n} Plätze.", "Die Seite nennt noch den alten Tarif."),
            question=("Wie viele Plätze werden gebraucht?", "Ab welchem Tag soll der neue Tarif gelten?"),
            reply=("Wir brauchen {n} Plätze.", "Ab dem {date}, bitte."),
            solution=(
                "Das Konto ist im neuen Tarif mit {n} Plätzen.",
                "Der Unterschied von {amount} ist gutgeschrieben.",
            ),
        ),
        "es": Words(
            thing=("el cambio de plan",),
            subject=("Cambio de plan", "El plan no se ha cambiado", "Más licencias"),
            problem=(
                "Cambiamos al plan pequeño el {date}, pero el antiguo [sigue activo|continúa activo].",
                "Quiero [añadir|quitar] {n} licencias y la página muestra el error {error}.",
                "Después del cambio [faltan|no aparecen] las funciones nuevas.",
            ),
            detail=("Necesitamos {n} licencias desde el mes que viene.", "La página sigue mostrando el plan antiguo."),
            question=("¿Cuántas licencias hacen falta?", "¿Desde qué día se quiere el plan nuevo?"),
            reply=("Necesitamos {n} licencias.", "Desde el {date}, por favor."),
            solution=("La cuenta está en el plan nuevo con {n} licencias.", "La diferencia de {amount} está abonada."),
        ),
        "fr": Words(
            thing=("le changement d'offre",),
            subject=("Changement d'offre", "Offre non modifiée", "Ajouter des licences"),
            problem=(
                "Nous sommes passés à la petite offre le {date}, mais l'ancienne est [encore|toujours] active.",
                "Je veux [ajouter|retirer] {n} licences et la page affiche l'erreur {error}.",
                "Après le changement, les nouvelles fonctions [manquent|ne sont pas là].",
            ),
            detail=("Il nous faut {n} licences dès le mois prochain.", "La page affiche encore l'ancienne offre."),
            question=("Combien de licences faut-il ?", "À partir de quel jour la nouvelle offre est-elle voulue ?"),
            reply=("Il nous faut {n} licences.", "À partir du {date}."),
            solution=(
                "Le compte est sur la nouvelle offre avec {n} licences.",
                "La différence de {amount} est créditée.",
            ),
        ),
    },
)

BILLING = (INVOICE, REFUND, PAYMENT_FAILED, PLAN_CHANGE)
