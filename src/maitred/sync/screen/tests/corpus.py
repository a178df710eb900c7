"""Makes labelled messages for the screen: card numbers in every dress, and long numbers that are none.

Nothing here comes from the detector: ranges, check digits, alphabets and words are written apart, so that an error made
on one side does not hide on the other. Every number is made up; card numbers are random within the published ranges.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Message:
    """A text with what was planted: the card numbers and security codes that must go, decoys that must stay."""

    text: str
    cards: tuple[str, ...]
    codes: tuple[str, ...]
    decoys: tuple[str, ...]
    kind: str
    language: str


# Scheme: leading digits, length, groups as printed on the card.
SCHEMES: tuple[tuple[str, tuple[str, ...], int, tuple[int, ...]], ...] = (
    ("visa", ("4",), 16, (4, 4, 4, 4)),
    ("visa 19", ("4",), 19, (4, 4, 4, 4, 3)),
    ("visa 13", ("4",), 13, (4, 3, 3, 3)),
    ("mastercard", ("51", "52", "53", "54", "55"), 16, (4, 4, 4, 4)),
    ("mastercard 2", ("2221", "2345", "2599", "2720"), 16, (4, 4, 4, 4)),
    ("american express", ("34", "37"), 15, (4, 6, 5)),
    ("diners", ("300", "305", "3095", "36", "38", "39"), 14, (4, 6, 4)),
    ("discover", ("6011", "644", "649", "65"), 16, (4, 4, 4, 4)),
    ("jcb", ("3528", "3566", "3589"), 16, (4, 4, 4, 4)),
    ("unionpay", ("62",), 16, (4, 4, 4, 4)),
    ("unionpay 19", ("62",), 19, (4, 4, 4, 4, 3)),
    ("maestro", ("5018", "5038", "6304", "6759", "6761"), 16, (4, 4, 4, 4)),
    ("maestro 18", ("6759",), 18, (4, 4, 4, 4, 2)),
    ("mir", ("2200", "2204"), 16, (4, 4, 4, 4)),
    ("dankort", ("5019",), 16, (4, 4, 4, 4)),
    ("rupay", ("6521", "508"), 16, (4, 4, 4, 4)),
)
ALONE = frozenset(name for name, *_ in SCHEMES) - {"visa 13", "visa 19"}
"""Schemes whose printed groups are evidence enough without a word beside them."""

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl")

ASKS: dict[str, tuple[str, ...]] = {
    "en": (
        "Hi, my credit card {card} was charged twice.",
        "please use card number {card} for the renewal, thanks",
        "You can bill my Visa: {card}. Best, Ann",
        "Card no. {card}\nName: A. Nonymous",
        "the card ending I gave was wrong, the right one is {card}, sorry about that",
    ),
    "de": (
        "Hallo, meine Kreditkarte {card} wurde zweimal belastet.",
        "Meine Kartennummer lautet {card}, bitte ändern.",
        "Bitte von der EC-Karte {card} abbuchen. Viele Grüße",
    ),
    "fr": (
        "Bonjour, ma carte bancaire {card} a été débitée deux fois.",
        "Numéro de carte : {card}, merci de corriger",
        "Veuillez débiter ma carte bleue {card} pour l'abonnement.",
    ),
    "es": (
        "Hola, mi tarjeta {card} se cobró dos veces.",
        "El número de mi tarjeta de crédito es {card}, gracias",
        "Cobren a la tarjeta {card}, por favor.",
    ),
    "it": (
        "Salve, la mia carta di credito {card} è stata addebitata due volte.",
        "Il numero della carta è {card}, grazie",
        "Potete usare la carta {card} per il rinnovo.",
    ),
    "pt": (
        "Olá, o meu cartão {card} foi cobrado duas vezes.",
        "O número do cartão de crédito é {card}, obrigado",
        "Podem cobrar no cartao {card} por favor.",
    ),
    "nl": (
        "Hallo, mijn creditcard {card} is twee keer belast.",
        "Mijn kaartnummer is {card}, alvast bedankt",
        "Gebruik de kaart {card} voor de verlenging.",
    ),
    "pl": (
        "Dzień dobry, moja karta {card} została obciążona dwa razy.",
        "Numer karty to {card}, dziękuję",
        "Proszę obciążyć kartę {card} za abonament.",
    ),
}
CODE_TAILS: dict[str, tuple[str, ...]] = {
    "en": (" cvv {code}", ", security code: {code}", " CVC2 is {code}", " exp 11/28 cvv: {code}"),
    "de": (" Prüfnummer {code}", ", Sicherheitscode: {code}", " CVC {code}"),
    "fr": (" cryptogramme {code}", ", code de sécurité : {code}"),
    "es": (" código de seguridad {code}", ", cvv {code}"),
    "it": (" codice di sicurezza {code}", ", cvc {code}"),
    "pt": (" código de segurança {code}", ", cvv {code}"),
    "nl": (" beveiligingscode {code}", ", cvc {code}"),
    "pl": (" kod bezpieczeństwa {code}", ", kod CVV {code}"),
}
SPOKEN: dict[str, tuple[str, ...]] = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "de": ("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"),
    "fr": ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"),
    "es": ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
    "it": ("zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove"),
    "pt": ("zero", "um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove"),
    "nl": ("nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"),
    "pl": ("zero", "jeden", "dwa", "trzy", "cztery", "pięć", "sześć", "siedem", "osiem", "dziewięć"),
}
PLAIN: dict[str, tuple[str, ...]] = {
    "en": ("Hello, any news about {thing}?", "I wrote last week about {thing} and heard nothing.", "{thing}"),
    "de": ("Hallo, gibt es Neues zu {thing}?", "Ich warte seit Montag auf {thing}."),
    "fr": ("Bonjour, des nouvelles de {thing} ?", "J'attends {thing} depuis lundi."),
    "es": ("Hola, ¿hay noticias de {thing}?", "Espero {thing} desde el lunes."),
    "it": ("Salve, ci sono novità su {thing}?", "Aspetto {thing} da lunedì."),
    "pt": ("Olá, há novidades sobre {thing}?", "Espero {thing} desde segunda-feira."),
    "nl": ("Hallo, is er nieuws over {thing}?", "Ik wacht sinds maandag op {thing}."),
    "pl": ("Dzień dobry, czy są wieści o {thing}?", "Czekam na {thing} od poniedziałku."),
}
PAID: dict[str, str] = {
    "en": " I paid by card, please check.",
    "de": " Bezahlt habe ich mit Karte.",
    "fr": " J'ai payé par carte.",
    "es": " Pagué con tarjeta.",
    "it": " Ho pagato con la carta.",
    "pt": " Paguei com cartão.",
    "nl": " Ik heb met de kaart betaald.",
    "pl": " Zapłacono kartą.",
}
ORDER: dict[str, str] = {
    "en": "order number {n}",
    "de": "Bestellnummer {n}",
    "fr": "commande n° {n}",
    "es": "pedido número {n}",
    "it": "ordine n. {n}",
    "pt": "encomenda {n}",
    "nl": "bestelling {n}",
    "pl": "zamówienie nr {n}",
}
ALPHABETS = {
    "full-width": "０１２３４５６７８９",
    "arabic": "٠١٢٣٤٥٦٧٨٩",
    "persian": "۰۱۲۳۴۵۶۷۸۹",
    "devanagari": "०१२३४५६७८९",
    "thai": "๐๑๒๓๔๕๖๗๘๙",
    "mathematical": "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
}
GROUP_GAPS = (" ", "-", ".", "/", "\u00a0", "\u2013", "\u2011", "\u2009", " - ", "\u200b", "_")
ANY_GAPS = (*GROUP_GAPS, "\n", "  ", " / ", "\t", "\u2060", " . ", "--", ", ", "*", "\u200b \u200b", "|")
TAGS = ("</span><span>", "<br>", "</b><b>", "<wbr>", "</td><td>", '</p>\n<p class="x1">', "<!-- -->", "<i></i>")
ENTITIES = ("&nbsp;", "&#160;", "&ndash;", "&#x2011;", "&zwnj;", "&#8203;", " &#45; ", "&amp;nbsp;")


def messages(seed: int, count: int) -> Iterator[Message]:
    """Yield ``count`` messages, the same ones for the same seed; about half of them hold a card number."""
    draw = random.Random(seed)
    for _ in range(count):
        language = draw.choice(LANGUAGES)
        yield _with_card(draw, language) if draw.random() < 0.5 else _with_decoy(draw, language)


def card_number(draw: random.Random, prefix: str, length: int) -> str:
    """Return random digits behind ``prefix`` with the check digit that makes the doubled sum end in 0."""
    body = prefix + "".join(draw.choice("0123456789") for _ in range(length - len(prefix) - 1))
    for last in "0123456789":
        total = 0
        for place, sign in enumerate(reversed(body + last)):
            value = int(sign) * (2 if place % 2 else 1)
            total += value if value < 10 else value - 9
        if total % 10 == 0:
            return body + last
    raise AssertionError("some last digit always fits")


def _with_card(draw: random.Random, language: str) -> Message:
    scheme, prefixes, length, groups = draw.choice(SCHEMES)
    number = card_number(draw, draw.choice(prefixes), length)
    if scheme in ALONE and draw.random() < 0.15:
        text = _grouped(number, groups, draw.choice(GROUP_GAPS[:8]))
        return Message(f"Hi!\n{text}\nthanks", (number,), (), (), f"{scheme}, groups alone", language)
    dress = draw.choice(list(DRESSES))
    shown = SPOKEN_DRESS(draw, number, language) if dress == "spoken" else DRESSES[dress](draw, number, groups)
    text = draw.choice(ASKS[language]).format(card=shown)
    codes: tuple[str, ...] = ()
    if draw.random() < 0.3:
        code = "".join(draw.choice("0123456789") for _ in range(4 if scheme == "american express" else 3))
        # The tail comes right behind the number, where a person writes it.
        at = text.index(shown) + len(shown)
        text = text[:at] + draw.choice(CODE_TAILS[language]).format(code=code) + text[at:]
        codes = (code,)
    decoys: tuple[str, ...] = ()
    if draw.random() < 0.15:
        decoy = (
            f"{draw.randrange(2018, 2027)}-0{draw.randrange(1, 10)}-1{draw.randrange(10)}T10:2{draw.randrange(10)}:11Z"
        )
        text += f"\n\nSent {decoy}"
        decoys = (decoy,)
    return Message(text, (number,), codes, decoys, f"{scheme}, {dress}", language)


def _grouped(number: str, groups: tuple[int, ...], gap: str) -> str:
    return gap.join(_cut(number, groups))


def _cut(number: str, groups: tuple[int, ...]) -> list[str]:
    pieces, start = [], 0
    for size in groups:
        pieces.append(number[start : start + size])
        start += size
    return pieces


def _scattered(draw: random.Random, number: str) -> str:
    """Put gaps of any kind at any places."""
    return "".join(digit + (draw.choice(ANY_GAPS) if draw.random() < 0.4 else "") for digit in number[:-1]) + number[-1]


def _other_digits(draw: random.Random, number: str, groups: tuple[int, ...]) -> str:
    alphabet = ALPHABETS[draw.choice(list(ALPHABETS))]
    return _grouped(number.translate(str.maketrans("0123456789", alphabet)), groups, draw.choice(("", " ", "-")))


def _entities(draw: random.Random, number: str, groups: tuple[int, ...]) -> str:
    if draw.random() < 0.5:
        return _grouped(number, groups, draw.choice(ENTITIES))
    forms = ("&#{0};", "&#x{0:x};", "&#0{0};", "&#x{0:X};")
    return "".join(draw.choice(forms).format(ord(digit)) if draw.random() < 0.5 else digit for digit in number)


def _escapes(draw: random.Random, number: str, groups: tuple[int, ...]) -> str:
    if draw.random() < 0.5:
        return _grouped(number, groups, draw.choice((r"\n", r"\u00a0", r"\u2013", r"\u200b", r"\t", r"\\n")))
    return "".join(rf"\u{ord(digit):04x}" if draw.random() < 0.5 else digit for digit in number)


def SPOKEN_DRESS(draw: random.Random, number: str, language: str) -> str:
    words = [SPOKEN[language][int(digit)] for digit in number]
    if draw.random() < 0.3:
        # The head is spoken, the rest typed.
        return " ".join(words[:8]) + " " + number[8:]
    return draw.choice((" ", ", ", "-")).join(words)


DRESSES: dict[str, Callable[[random.Random, str, tuple[int, ...]], str]] = {
    "bare": lambda draw, number, groups: number,
    "groups": lambda draw, number, groups: _grouped(number, groups, draw.choice(GROUP_GAPS)),
    "odd groups": lambda draw, number, groups: _scattered(draw, number),
    "one by one": lambda draw, number, groups: draw.choice((" ", "-", ".", "\u200b", "\n")).join(number),
    "tags": lambda draw, number, groups: _grouped(number, groups, draw.choice(TAGS)),
    "bold": lambda draw, number, groups: f"{number[:4]}<b>{number[4:8]}</b>{number[8:]}",
    "other digits": _other_digits,
    "entities": _entities,
    "escapes": _escapes,
    "percent": lambda draw, number, groups: quote(_grouped(number, groups, draw.choice((" ", "-", "\n")))),
    "spoken": lambda draw, number, groups: number,
}


def _with_decoy(draw: random.Random, language: str) -> Message:
    kind = draw.choice(list(DECOYS))
    decoy = DECOYS[kind](draw, language)
    text = draw.choice(PLAIN[language]).format(thing=decoy)
    if draw.random() < 0.25:
        text += PAID[language]
    return Message(text, (), (), (decoy,), kind, language)


def _digits(draw: random.Random, count: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(count))


def _order(draw: random.Random, language: str) -> str:
    return ORDER[language].format(n=_digits(draw, draw.choice((13, 14, 15, 16, 16, 16, 18, 19))))


def _order_like_a_card(draw: random.Random, language: str) -> str:
    """Digits that pass every test of digits; only the label says what they are."""
    return ORDER[language].format(n=card_number(draw, draw.choice(("4", "51", "6011")), 16))


def _tracking(draw: random.Random, language: str) -> str:
    return draw.choice(
        (
            "tracking 9400 {} {} {} {} {}".format(*(_digits(draw, 4) for _ in range(4)), _digits(draw, 2)),
            f"1Z999AA1{_digits(draw, 10)}",
            f"JD0146{_digits(draw, 14)}",
            f"tracking number {_digits(draw, 12)}",
            f"Sendungsnummer {_digits(draw, 20)}",
            f"RR{_digits(draw, 9)}DE",
        )
    )


def _imei(draw: random.Random, language: str) -> str:
    body = card_number(draw, draw.choice(("35", "01", "86", "99")), 15)
    return draw.choice((f"IMEI {body}", f"IMEI: {body[:2]}-{body[2:8]}-{body[8:14]}-{body[14]}", f"IMEI={body}"))


def _isbn(draw: random.Random, language: str) -> str:
    body = draw.choice(("978", "979")) + _digits(draw, 9)
    check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body)) % 10
    number = f"{body}{check}"
    return draw.choice(
        (f"ISBN {number}", f"ISBN-13: {number[:3]}-{number[3]}-{number[4:8]}-{number[8:12]}-{number[12]}")
    )


def _iban(draw: random.Random, language: str) -> str:
    country, length = draw.choice((("DE", 18), ("ES", 20), ("PL", 24), ("AT", 16), ("PT", 21), ("BE", 12)))
    body = _digits(draw, length)
    code = "".join(str(ord(sign) - 55) for sign in country)
    number = f"{country}{98 - int(body + code + '00') % 97:02d}{body}"
    return draw.choice((number, " ".join(number[place : place + 4] for place in range(0, len(number), 4))))


def _phone(draw: random.Random, language: str) -> str:
    one = f"+{draw.choice(('44', '49', '1', '48', '351'))} {_digits(draw, 3)} {_digits(draw, 4)} {_digits(draw, 4)}"
    two = f"+44 20 7946 0{_digits(draw, 3)}"
    return draw.choice(
        (one, f"{one} / {two}", f"{two}, {one}", f"(0{_digits(draw, 3)}) {_digits(draw, 7)}", f"tel:{two}")
    )


def _moment(draw: random.Random, language: str) -> str:
    moment = datetime(2019, 1, 1, tzinfo=UTC) + timedelta(seconds=draw.randrange(250_000_000))
    return draw.choice(
        (
            moment.isoformat(),
            f"{moment:%Y-%m-%d %H:%M:%S}.{draw.randrange(10**6):06d}",
            f"{moment:%d.%m.%Y %H:%M:%S} - {moment + timedelta(hours=2):%d.%m.%Y %H:%M:%S}",
            f"{int(moment.timestamp() * 1000)}",
            f"{int(moment.timestamp() * 1_000_000)}",
            f"{moment:%Y%m%d%H%M%S}",
        )
    )


def _hexadecimal(draw: random.Random, language: str) -> str:
    return draw.choice(
        (
            str(uuid.UUID(int=draw.getrandbits(128))),
            f"{draw.getrandbits(128):032x}",
            f"{draw.getrandbits(160):040x}",
            f"trace {draw.getrandbits(64):016x}-{draw.getrandbits(64):016x}",
        )
    )


def _epochs(draw: random.Random, language: str) -> str:
    start = draw.randrange(1_400_000_000, 1_900_000_000)
    return ", ".join(str(start + 60 * step) for step in range(draw.randrange(3, 9)))


def _json(draw: random.Random, language: str) -> str:
    return json.dumps(
        {
            "minutes": draw.randrange(1000),
            "seconds": draw.randrange(100_000),
            "id": draw.randrange(10**12, 10**13),
            "values": [draw.randrange(1000, 10_000) for _ in range(draw.randrange(2, 9))],
            "score": draw.random(),
        },
        separators=draw.choice(((",", ":"), (", ", ": "))),
    )


def _list_of_numbers(draw: random.Random, language: str) -> str:
    gap = draw.choice((", ", "\n", "; ", "\t|\t"))
    return gap.join(_digits(draw, draw.choice((2, 3, 5))) for _ in range(draw.randrange(5, 12)))


def _amount(draw: random.Random, language: str) -> str:
    return draw.choice((f"{draw.randrange(10**15):,}", f"{draw.uniform(0, 10**9):,.2f} EUR", f"0.{_digits(draw, 16)}"))


def _place(draw: random.Random, language: str) -> str:
    return f"{draw.uniform(-90, 90):.6f}, {draw.uniform(-180, 180):.6f}"


def _network(draw: random.Random, language: str) -> str:
    parts = [draw.randrange(256) for _ in range(8)]
    return "{}.{}.{}.{} -> {}.{}.{}.{}".format(*parts)


def _long(draw: random.Random, language: str) -> str:
    return draw.choice(
        (_digits(draw, 22), f"ICCID 89{_digits(draw, 17)} of the SIM card", f"voucher {_digits(draw, 24)}")
    )


DECOYS: dict[str, Callable[[random.Random, str], str]] = {
    "order": _order,
    "order like a card": _order_like_a_card,
    "tracking": _tracking,
    "imei": _imei,
    "isbn": _isbn,
    "iban": _iban,
    "phone": _phone,
    "moment": _moment,
    "hexadecimal": _hexadecimal,
    "epochs": _epochs,
    "json": _json,
    "numbers": _list_of_numbers,
    "amount": _amount,
    "place": _place,
    "network": _network,
    "long": _long,
}
