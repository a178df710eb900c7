"""What texts hold in four languages: what is found, and what only looks like it."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from maitred.insight.evidence.tables import AGENT, CUSTOMER, NEVER
from maitred.insight.evidence.texts import Looked, look, own_text, words_of

ASKS_FOR_CARD_DATA = (
    "Could you please send me your full card number and the CVV so I can process the refund?",
    "To verify you, what is the 16-digit number on the front of your card?",
    "Please reply with the card number and expiry date.",
    "Can you confirm the long number on the card and the three digit code on the back?",
    "Bitte schicken Sie uns Ihre Kreditkartennummer und das Ablaufdatum der Karte.",
    "Könnten Sie mir bitte die Kartennummer nennen?",
    "¿Puede enviarnos el número de su tarjeta y el código de seguridad?",
    "Por favor, indique el número de tarjeta completo.",
    "Pourriez-vous nous communiquer le numéro de votre carte et le cryptogramme ?",
    "Merci de m'envoyer votre numéro de carte bancaire.",
    "I need your credit card details to finish this.",
    "Just send over the card number, expiry and CVC and I'll take care of it.",
)

ASKS_FOR_NONE = (
    "Please do not send your card number by email.",
    "Please never share your CVV with anybody.",
    "Could you tell me the last four digits of your card number?",
    "I have removed the card number from your message for your security.",
    "Please update your card details on the secure page.",
    "Bitte senden Sie uns keine Kartennummer per E-Mail.",
    "Nennen Sie uns bitte die letzten vier Ziffern der Kartennummer.",
    "Por favor, no envíe el número de su tarjeta.",
    "Merci de ne pas envoyer votre numéro de carte.",
    "Your card was charged twice; we refunded it.",
    "Please send the order number and a photo.",
    "Please check whether the expiry date of the voucher has passed.",
    "You can change your payment card in the settings.",
    "What is the security code we sent you by text message?",
    "Please enter the security code from the app.",
)

WILL_LEAVE = (
    "We are considering cancelling our contract if this is not fixed.",
    "If this keeps happening we will switch to another provider.",
    "We will not be renewing in June.",
    "I want to cancel our subscription.",
    "We're evaluating alternatives to your product.",
    "We have decided to leave and move to Competitor X.",
    "Our board asked us to look for another vendor.",
    "Honestly, we are thinking of leaving.",
    "We do not plan to renew.",
    "We may have to look elsewhere.",
    "We won't renew the contract.",
    "I'm considering moving our business elsewhere.",
    "We are not going to renew.",
    "This makes us question whether to stay with you.",
    "Please tell us how to terminate our agreement.",
    "Wir überlegen, den Vertrag zu kündigen.",
    "Wir werden nicht verlängern.",
    "Wir wechseln zu einem anderen Anbieter.",
    "Estamos pensando en cancelar el contrato.",
    "No renovaremos el contrato.",
    "Vamos a cambiar de proveedor.",
    "Nous pensons résilier notre contrat.",
    "Nous n'allons pas renouveler.",
    "Nous allons changer de prestataire.",
)

WILL_STAY = (
    "How do I cancel an order?",
    "Please cancel my order 123.",
    "I moved to another address.",
    "I would like to switch to another plan.",
    "How can I change to the yearly subscription?",
    "Please close the ticket.",
    "Our contract renews in June, please send the invoice.",
    "I want to renew our subscription.",
    "I will leave the parcel with my neighbour.",
    "Where can I see the other suppliers of this part?",
    "I would like to move my account to another email address.",
    "Ich möchte die Bestellung stornieren.",
    "Quiero cambiar la dirección de entrega.",
    "Je voudrais changer mon adresse.",
    "We look for a solution to import contacts.",
    "How do I look for an alternative address?",
)

MONDAY_MORNING = int(datetime(2025, 3, 3, 9, tzinfo=UTC).timestamp())


def _look(text: str, kind: int) -> Looked:
    one = pa.array([text], pa.string())
    return look(one, np.array([kind], np.int32), np.array([True]), np.array([MONDAY_MORNING]), "Europe/Berlin")


@pytest.mark.parametrize("text", ASKS_FOR_CARD_DATA)
def test_staff_that_ask_for_card_data_are_noticed(text: str) -> None:
    assert _look(text, AGENT).asks_card[0]


@pytest.mark.parametrize("text", ASKS_FOR_NONE)
def test_warnings_last_digits_and_other_codes_are_no_question_for_card_data(text: str) -> None:
    assert not _look(text, AGENT).asks_card[0]


def test_customers_ask_for_no_card_data() -> None:
    assert not _look(ASKS_FOR_CARD_DATA[0], CUSTOMER).asks_card[0]


@pytest.mark.parametrize("text", WILL_LEAVE)
def test_customers_that_say_they_leave_are_noticed(text: str) -> None:
    assert _look(text, CUSTOMER).leaving[0]


@pytest.mark.parametrize("text", WILL_STAY)
def test_orders_that_are_cancelled_and_addresses_that_change_are_no_leaving(text: str) -> None:
    assert not _look(text, CUSTOMER).leaving[0]


@pytest.mark.parametrize(
    ("text", "tone"),
    [
        ("This is unacceptable.", -2),
        ("I am really disappointed.", -1),
        ("I'm not happy with this.", -1),
        ("Still no answer after a week.", -1),
        ("Hello, where is my parcel? Thanks", 0),
        ("Thank you so much, that was very helpful!", 1),
        ("Excellent service, thank you!", 2),
        ("Das ist eine Frechheit.", -2),
        ("Ich bin enttäuscht.", -1),
        ("Esto es inaceptable.", -2),
        ("Je suis déçu.", -1),
    ],
)
def test_tone_of_customers(text: str, tone: int) -> None:
    assert _look(text, CUSTOMER).tone[0] == tone
    assert _look(text, AGENT).tone[0] == 0


@pytest.mark.parametrize(
    ("text", "promised"),
    [
        ("I'll get back to you by Thursday.", "2025-03-06T22:59:59"),
        ("You will have an update tomorrow.", "2025-03-04T22:59:59"),
        ("We will reply within 24 hours.", "2025-03-04T09:00:00"),
        ("Expect an update in 2 hours at the latest.", "2025-03-03T11:00:00"),
        ("Sie erhalten die Antwort innerhalb von zwei Tagen.", "2025-03-05T09:00:00"),
        ("Ich melde mich bis Montag.", "2025-03-10T22:59:59"),
        ("Le responderemos mañana.", "2025-03-04T22:59:59"),
        ("Nous vous répondrons demain.", "2025-03-04T22:59:59"),
        ("If you wrote on Monday, we got it.", None),
        ("I will look into this now.", None),
    ],
)
def test_promises_are_dated(text: str, promised: str | None) -> None:
    due = NEVER if promised is None else int(datetime.fromisoformat(f"{promised}+00:00").timestamp())
    assert _look(text, AGENT).promise_at[0] == due
    assert _look(text, CUSTOMER).promise_at[0] == NEVER


def test_what_is_quoted_was_not_written_here() -> None:
    text = "It works.\n\nOn Monday, Ann wrote:\n> My card is [card •••• 1111].\n> This is unacceptable."
    found = _look(text, CUSTOMER)
    assert (bool(found.card[0]), int(found.tone[0])) == (False, 0)
    assert own_text(pa.array([text]))[0].as_py().strip() == "it works."


def test_words_are_those_of_subject_and_message_without_greeting_and_signature() -> None:
    words = words_of(
        pa.array(["Refund missing", None, "Erstattung"]),
        pa.array(
            [
                "hello ann,\n\nthe refund of 12 eur for ann@example.org\n\nkind regards\nzoe",
                None,
                "hallo,\nwo bleibt das geld",
            ]
        ),
    )
    assert words.starts.tolist() == [0, 3, 3, 6]
    assert words.names == ("eur", "missing", "refund", "bleibt", "erstattung", "geld")
    assert words.codes.tolist() == [0, 1, 2, 3, 4, 5]
