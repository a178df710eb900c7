"""One test per form in which a card number, a security code or stripe data arrives, and per number that is none."""

from __future__ import annotations

import time

import pytest

from maitred.sync.screen import DETECTOR_VERSION, Finding, screen_text
from maitred.sync.screen.cards import cards_in
from maitred.sync.screen.issuers import issuer_of, luhn_holds
from maitred.sync.screen.text import field_is_code, field_says_card
from maitred.sync.screen.views import DIGITS, views_of

VISA = "4111111111111111"
AMEX = "378282246310005"


def masked(text: str, field: str = "") -> str:
    return screen_text(text, field).text


@pytest.mark.parametrize(
    "text",
    [
        "my card 4111111111111111",
        "my card 4111 1111 1111 1111",
        "my card 4111-1111-1111-1111",
        "my card 4111.1111.1111.1111",
        "my card 4111/1111/1111/1111",
        "my card 4111\u00a01111\u20111111\u20131111",
        "my card 4111\n1111\r\n1111\t1111",
        "my card 4\u200b1\u200b1\u200b11111\u20601111\ufeff1111",
        "my card 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "my card 411 - 1111, 111111 / 111",
        "my card <b>4111</b>1111<span class='a1'>1111</span><br/>1111",
        "my card <td>4111</td>\n    <td>1111</td>\n    <td>1111</td>\n    <td>1111</td>",
        "my card 4111&nbsp;1111&#160;1111&#x2011;1111",
        "my card &#52;111&#49;11111111&#x31;11",
        "my card &amp;#52;111 1111 1111 1111",
        r"my card 4111\n1111\u00a01111\t1111",
        r"my card \u0034111\u00311111111111\u0031",
        r"my card \\u0034111 1111 1111 1111",
        "my card 4111%201111%201111%201111",
        "card=4111+1111+1111+1111&x=y",
        "my card ４１１１ １１１１ １１１１ １１１１",
        "بطاقتي ٤١١١١١١١١١١١١١١١",
        "कार्ड ४१११११११११११११११",
        "my card 𝟒𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏",
        r"my card \ud835\udfd2111 1111 1111 1111",
        "my card is four one one one, one one one one, one one one one, one one one one",
        "my card: double four... no: four triple one, double one double one one one one one one one double one",
        "card: forty-one eleven eleven eleven eleven eleven eleven eleven",
        "my card is four one one one 1111 1111 1111",
        "Meine Kreditkarte: vier eins eins eins eins eins eins eins eins eins eins eins eins eins eins eins",
        "ma carte quatre un un un un un un un un un un un un un un un",
        "VISA4111111111111111CVV",
        "カード 4111111111111111",
        "我的信用卡4111111111111111",
        "cc#: 4111111111111111",
        "KK-Nr. 4111111111111111",
        "payment method 4111111111111111",
    ],
)
def test_a_card_number_is_masked_in_every_dress(text: str) -> None:
    screened = screen_text(text)
    assert "[card •••• 1111]" in screened.text
    assert [finding.kind for finding in screened.findings] == ["card"]
    digits = "".join(DIGITS.get(ord(sign), sign) for sign in screened.text if sign.isdecimal())
    assert VISA[:12] not in digits


@pytest.mark.parametrize(
    "text",
    [
        "4111-1111-1111-1111",
        "charge it: 3782 822463 10005 thanks",
        "thanks 3056 930902 5904",
        "here you are\n6759 6498 2643 8453",
        "4111111111111111 12/27",
        "4111111111111111|12|2027|123",
    ],
)
def test_groups_as_on_the_card_or_an_expiry_date_need_no_word_but_are_listed_for_review(text: str) -> None:
    screened = screen_text(text)
    assert "[card ••••" in screened.text
    assert {finding.confidence for finding in screened.findings if finding.kind == "card"} == {"medium"}


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111",
        "Order 4111111111111111 has not arrived",
        "I paid by card for order 4111111111111111 on Monday",
        "Bestellnummer 4111111111111111, bezahlt mit Karte",
        "commande n° 4111111111111111 payée par carte",
        "card 4111111111111112",
        "card 1234567890123452",
        "card 41111111111111110000000",
        "SIM card 4111111111111111",
        "IMEI 490154203237518 of the phone, paid by card",
        "paid by card, ISBN 978-3-16-148410-0",
        "paid by card, IBAN DE89 3704 0044 0532 0130 00",
        "paid by card, GB29 NWBK 6016 1331 9268 19",
        "card lost, call +44 20 7946 0958, +44 20 7946 0959",
        "card declined 2026-10-01 12:34:56.123456",
        "card declined at 22:34 on 2026-01-01 10:00",
        "card declined, id 41111111-1111-4111-8111-111111111111",
        "card declined, trace 4111111111111111aabbccddeeff0011",
        '{"minutes":480,"seconds":28800,"card":true,"values":[1,2,3,4,5,6,7,8,9,10,11,12]}',
        "card fees: 1700000000, 1700000060, 1700000120",
        "card limit 411,111,111,111,111",
        "card score 0.4111111111111111",
        "paid by card at 52.520008, 13.404954",
        "tracking 9400 1118 9922 3344 5566 77, paid by card",
        "",
        "no digits at all",
    ],
)
def test_other_long_numbers_survive(text: str) -> None:
    screened = screen_text(text)
    assert screened.text is text
    assert screened.findings == ()


def test_a_field_that_speaks_of_cards_is_evidence_enough() -> None:
    assert masked(VISA, "custom.card_number") == "[card •••• 1111]"
    assert masked(VISA, "creditCardNo") == "[card •••• 1111]"
    assert masked(VISA, "body") == VISA


@pytest.mark.parametrize(
    ("field", "says"), [("payment.pan", True), ("ccNum", True), ("sim_card", False), ("company", False)]
)
def test_the_field_name_is_read_as_words(field: str, says: bool) -> None:
    assert field_says_card(field) is says


def test_the_finding_holds_place_count_and_version_and_no_digit_of_the_card() -> None:
    screened = screen_text("card 4111 1111 1111 1111 and card 5500-0000-0000-0004", "comment.body")
    assert screened.findings == (Finding("comment.body", "card", 2, "high", DETECTOR_VERSION),)
    assert screened.text == "card [card •••• 1111] and card [card •••• 0004]"


@pytest.mark.parametrize(
    "tail",
    [
        "cvv 123",
        "CVV2: 123",
        "(cvc) 123",
        "123 CVC",
        "security code is 123",
        "3 digit code on the back: 123",
        "Prüfnummer 123",
        "Sicherheitscode: 123",
        "cryptogramme : 123",
        "code de sécurité 123",
        "código de seguridad 123",
        "codice di sicurezza 123",
        "código de segurança 123",
        "beveiligingscode 123",
        "kod bezpieczeństwa 123",
        "cvv １２３",
        "cvv &#49;23",
        "cvv <b>1</b>23",
        "cvv one two three",
        "exp 12/27 cvv 123",
        "12/27 123",
    ],
)
def test_a_security_code_beside_a_card_is_dropped(tail: str) -> None:
    screened = screen_text(f"card 4111 1111 1111 1111 {tail} thanks")
    assert screened.text.startswith("card [card •••• 1111] ")
    assert screened.text.endswith("thanks")
    assert "[removed]" in screened.text
    assert "three" not in screened.text
    assert not any(sign.isdecimal() for sign in screened.text.split("[removed]")[1])
    assert {finding.kind for finding in screened.findings} == {"card", "security_code"}


def test_an_expiry_year_before_the_label_is_no_security_code() -> None:
    assert masked(f"card {VISA} exp 12/2027 CVV 123") == "card [card •••• 1111] exp 12/2027 CVV [removed]"


def test_three_digits_without_a_card_stay() -> None:
    assert screen_text("the cvv 123 is asked for, room 404").findings == ()


def test_a_security_code_beside_a_card_masked_earlier_is_dropped() -> None:
    assert masked("card [card •••• 1111], cvv 123") == "card [card •••• 1111], cvv [removed]"


def test_nothing_that_carries_foreign_text_shows_it_in_a_traceback() -> None:
    (view,) = views_of(f"card {VISA}")
    (hit,) = cards_in(view, field_says_card=False)
    assert VISA not in repr(view) + repr(hit)


def test_a_security_code_far_from_the_card_stays() -> None:
    text = f"card {VISA}. " + "We then spoke about something else for a while. " * 5 + "error code cvv 123"
    assert "cvv 123" in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        f"swipe: %B{VISA}^DOE/JOHN^27121010000000000000? end",
        f"swipe: %B{AMEX}^DOE/JOHN             ^2712101? end",
        "swipe: %B1234567890123445^DOE/JOHN^27121010000000000000? end",
        f"swipe: ;{VISA}=27121010000000000? end",
        f"swipe: ;{VISA}&#61;27121010000000000? end",
        f"swipe: %25B{VISA}%5EDOE/JOHN%5E27121010000000000000? end",
    ],
)
def test_stripe_data_is_dropped_whole(text: str) -> None:
    screened = screen_text(text)
    assert screened.text == "swipe: [removed] end"
    assert [finding.kind for finding in screened.findings] == ["track"]


def test_tags_among_the_digits_stay_so_that_the_page_keeps_its_shape() -> None:
    assert masked("<p>card <b>4111</b> 1111 1111 <i>1111</i></p>") == "<p>card <b>[card •••• 1111]</b><i></i></p>"


def test_two_cards_side_by_side_are_both_masked() -> None:
    assert masked("4111 1111 1111 1111 5500 0000 0000 0004") == "[card •••• 1111] [card •••• 0004]"


def test_a_list_of_four_digit_numbers_is_no_card() -> None:
    text = "4111 1111 1111 1111 2044 3055 2066 7077"
    assert masked(text) == text


def test_a_nineteen_digit_card_is_masked_whole_though_its_head_passes_too() -> None:
    head = VISA
    number = next(head + tail for tail in (f"{rest:03d}" for rest in range(1000)) if luhn_holds(head + tail))
    assert masked(f"card {number}") == f"card [card •••• {number[-4:]}]"


def test_text_that_is_not_valid_unicode_passes_through() -> None:
    text = f"\udcff card {VISA} \ud800"
    assert masked(text) == "\udcff card [card •••• 1111] \ud800"


@pytest.mark.parametrize(
    ("digits", "scheme"),
    [
        ("4012888888881881", "visa"),
        ("5555555555554444", "mastercard"),
        ("2223003122003222", "mastercard"),
        (AMEX, "amex"),
        ("30569309025904", "diners"),
        ("6011111111111117", "discover"),
        ("3530111333300000", "jcb"),
        ("6240008631401148", "unionpay"),
        ("6759649826438453", "maestro"),
        ("2204883716636153", "mir"),
    ],
)
def test_published_test_numbers_of_each_scheme_are_known(digits: str, scheme: str) -> None:
    issuer = issuer_of(digits)
    assert issuer is not None
    assert issuer.scheme == scheme
    assert luhn_holds(digits)
    assert masked(f"card {digits}").endswith(f"[card •••• {digits[-4:]}]")


def test_every_unicode_digit_is_read_and_shows_an_ascii_digit_in_its_escape() -> None:
    assert len(DIGITS) > 500
    assert all(any(sign.isdigit() for sign in f"{code:04x}") for code in DIGITS)
    assert masked("card " + "\U0001fbf4" + VISA[1:]) == "card [card •••• 1111]"


def test_a_field_named_for_the_code_gives_it_up_without_a_card() -> None:
    assert field_is_code("payment.cvv")
    assert field_is_code("cardSecurityCode")
    assert not field_is_code("security_code")
    assert masked("123", "payment.cvv") == "[removed]"
    assert masked("123", "security_code") == "123"


@pytest.mark.parametrize(
    "text",
    [
        " " * 100_000,
        "<a" * 50_000,
        "&amp;" * 30_000,
        "\\" * 100_000,
        "4" * 100_000,
        "4111 " * 10_000,
        "%B4111111111111111^" * 1_000,
        "cvv " * 10_000 + VISA,
        "one two three four " * 2_000,
    ],
    ids=["spaces", "tags", "entities", "backslashes", "digits", "groups", "tracks", "labels", "words"],
)
def test_hostile_text_takes_time_that_grows_with_its_length_only(text: str) -> None:
    started = time.process_time()
    screened = screen_text("card 4111 1111 1111 1111. " + text)
    assert screened.findings
    assert time.process_time() - started < 2.0
