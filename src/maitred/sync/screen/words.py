"""The words that tell a card number from another long number, in eight languages and a few more scripts.

One list feeds both the exact patterns of the detector (text) and the crude ones of the prefilter (bytes), so that the
prefilter cannot know fewer words than the detector. A leading or trailing ``*`` lets letters go on there; an underscore
stands for one to three characters that are neither letter nor digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

CONTEXT = """
card cards mycard* cardno* cardnum* cardnr* cardholder* *creditcard* *debitcard* *bankcard* credit debit cvv* cvc* csc
cvn cvd mastercard* master_card visa visas amex american_express maestro unionpay union_pay jcb diners rupay verve
dankort girocard* bancontact security_code expir* exp_date valid_thru valid_until pay_with paid_with paying_with
pay_using charge_to charge_it_to charged_to payment_method payment_details zahlungsmittel moyen_de_paiement
método_de_pago metodo_di_pagamento método_de_pagamento betaalmethode metoda_płatności
karte karten* kartennummer* *kreditkart* *debitkart* *bankkart* kredit* ec_karte gültig_bis gueltig_bis
ablaufdatum verfallsdatum *prüfnummer *prüfziffer *pruefnummer *pruefziffer sicherheitscode
carte cartes bancaire* crédit débit credits cryptogramme* code_de_sécurité code_de_securite
tarjeta* crédito débito credito debito caducidad vencimiento código_de_seguridad codigo_de_seguridad
carta carte_di_credito scadenza codice_di_sicurezza
cartão cartao cartões cartoes validade código_de_segurança codigo_de_seguranca
kaart kaarten kaartnummer* *bankkaart* *betaalkaart* *kredietkaart* pinpas betaalpas* vervaldatum geldig_tot
beveiligingscode veiligheidscode
karta karty kartą kartę kart karcie kartami płatnicz* płatności_kartą kredytow* debetow* ważna_do data_ważności
kod_bezpieczeństwa kod_bezpieczenstwa
kort kortet kortnummer* *kreditkort* *betalkort* *betalingskort* kortti* *luottokort* kartı* kartım* kartımın*
*карта *карты *карте *карту *картой *номер_карты
*بطاقة* *بطاقت* *البطاقه*
*カード* *信用卡* *银行卡* *借记卡* *卡号* *银联* *카드* *כרטיס* *कार्ड*
"""

FIELD = """
card cards mycard* cardno* cardnum* cardnr* *creditcard* *debitcard* *bankcard* mastercard* visa amex maestro
karte kartennummer* kartennr* *kreditkart* *debitkart* *bankkart* carte tarjeta carta cartao cartão
kaart kaartnummer* *bankkaart* *betaalkaart* karta karty kortnummer* *kreditkort* *betalingskort* *卡号* *カード*
"""
"""What a field is called that holds card numbers; narrower than in running text ("credit" is also a note's name)."""

CODE_LABELS = """
cvv cvv2 cvc cvc2 cvn cvd csc cav2 cid cvvcode cvccode card_security security_code security_number security_digits
verification_code verification_value verification_number card_code three_digit_code 3_digit_code four_digit_code
4_digit_code code_on_the_back number_on_the_back digits_on_the_back
*sicherheitscode *prüfnummer *prüfziffer *pruefnummer *pruefziffer kartenprüfcode sicherheitsnummer
cryptogramme cryptogramme_visuel code_de_sécurité code_de_securite code_de_vérification code_de_verification code_cvv
código_de_seguridad codigo_de_seguridad código_de_verificación codigo_de_verificacion clave_de_seguridad
codice_di_sicurezza codice_di_verifica codice_cvv codice_cvc
código_de_segurança codigo_de_seguranca código_de_verificação codigo_de_verificacao código_cvv
beveiligingscode veiligheidscode verificatiecode
kod_bezpieczeństwa kod_bezpieczenstwa kod_zabezpieczający kod_zabezpieczajacy kod_cvv kod_cvc kod_weryfikacyjny
код_безопасности رمز_الأمان セキュリティコード 安全码
"""

OTHER_CARD = re.compile(
    r"(?:sim|e-?sim|sd|micro ?sd|memory|flash|graphics?|video|sound|network|wifi|business|post|score|report|birthday|"
    r"greeting|id|identity|index|boarding|wild|trading|speicher|grafik|visiten|land|fahr|eintritts|post|graphique|"
    r"d.identit.|postale|de visita|de memoria|sd|karta ?graficzna)[\s\-_]*$",
    re.ASCII | re.IGNORECASE,
)
"""What stands before "card" when no payment card is meant; the word then says nothing."""

OTHER_LABEL = re.compile(
    r"(?:(?<![a-z])(?:orders?|ord|tracking|shipment|shipping|parcel|package|waybill|awb|consignment|delivery|imei\w*|meid|"
    r"iccid|isbn(?:-?1[03])?|issn|ean(?:-?13)?|upc|gtin(?:-?14)?|sku|barcode|serial|s/?n|invoices?|ticket|"
    r"case(?=[ _]?(?:id|no|nr|num|ref|#|:))|booking|"
    r"reservation|voucher|iban|bic|tel|phone|mobile|fax|call|whatsapp|timestamp|epoch|"
    r"(?:user|session|message|request|trace|device|transaction|payment|customer|thread|event|batch)[ _-]?id|"
    r"commandes?|colis|suivi|facture|num.ro de s.rie|t.l.phone|"
    r"pedidos?|env.o|seguimiento|rastreo|factura|tel.fono|n.mero de serie|"
    r"ordini|ordine|spedizione|tracciamento|fattura|telefono|numero di serie|pacco|"
    r"encomenda|envio|rastreio|rastreamento|fatura|telefone|"
    r"zending|pakket|factuur|telefoon|order|volgcode|"
    r"zam.wieni[ae]|przesy.k[ai]|faktur[ay]|telefon|paczk[ai]|numer seryjny)"
    r"|bestellung|bestellnummer|bestell-?nr|bestelling|bestelnummer|auftrag|auftragsnummer|auftrags-?nr|sendungsnummer|"
    r"sendung|paketnummer|rechnung|rechnungsnummer|rechnungs-?nr|seriennummer|ordernummer|ordernumber|ordernr|trackingnummer|"
    r"trackingnumber|serienummer|factuurnummer)"
    r"(?:[\s_-]{0,2}(?:id|ref|reference|code|no|nr|num|number|nummer|numero|n.mero|numer|n))?"
    r"(?:[\s_]{1,2}(?:is|was|ist|war|lautet|est|es|era|was|to|jest|de|di|=))?[\s:#.=\"'_()\[\]>°º*-]{0,6}$",
    re.ASCII | re.IGNORECASE,
)
"""The label directly before a number that is something else; tested on text without accents folded away."""

_SHORT_LABELS = "cc|ccn|cb|kk|mc|tdc|pan"
_NUMBER_SIGNS = "no|nr|num|number|numero|is"
SHORT_LABEL = re.compile(
    rf"(?<![A-Za-z])(?:{_SHORT_LABELS})[^A-Za-z0-9]{{0,3}}(?:(?:{_NUMBER_SIGNS})\b)?[^A-Za-z0-9]{{0,4}}$",
    re.ASCII | re.IGNORECASE,
)
"""Labels too short to count anywhere but right before the number ("Cc:" is also a mail header)."""

_ESCAPED = r"\\(?:[nrtbf]|u[0-9A-Fa-f]{4})|%[0-9A-Fa-f]{2}"
"""A sign written as an escape, whose last letter is none of the word behind it."""

SHORT_LABEL_CRUDE = rf"(?:^|[^A-Za-z]|{_ESCAPED})(?:{_SHORT_LABELS})[^A-Za-z0-9]*(?:{_NUMBER_SIGNS})?[^A-Za-z0-9]*"

FIELD_EXTRA = re.compile(r"(?<![a-z])(?:pan|ccn|cc ?(?:num|number|no|nr))(?![a-z])")
FIELD_EXTRA_CRUDE = rf"cc[^a-z0-9]?n|(?:^|[^a-z]|{_ESCAPED})pan(?:[^a-z]|n)"
FIELD_EXTRA_CAMEL = r"[a-z0-9]Pan(?:[^a-z]|$)"

CODE_FIELD = re.compile(
    r"(?<![a-z])(?:cvv2?|cvc2?|cvd|cav2|csc|"
    r"card ?(?:security|verification|validation)(?: ?(?:code|value|number|no|num))?)"
    r"(?: ?(?:code|value|number|no|num))?(?= \.|$)"
)
"""Field names that hold a card's security code and nothing else."""

CODE_FIELD_LOOSE = re.compile(r"(?<![a-z])(?:security|verification|validation) ?(?:code|value|number)(?= \.|$)")
"""Field names that hold a security code when a card is beside them (otherwise perhaps a sign-in code)."""

CODE_FIELD_CRUDE = (
    r"(?:cv[vcd]|cav2|csc|(?:security|verification|validation))2?(?:[^0-9a-z]*(?:code|value|number|no|num))?[^0-9a-z]*"
)

CODE_FIELD_BYTES = re.compile(CODE_FIELD_CRUDE.encode() + rb'"', re.IGNORECASE)

LABEL_KEYS = frozenset(
    ["name", "title", "label", "field", "field_name", "fieldname", "key", "type", "brand", "scheme", "network", "id"]
)
VALUE_KEYS = frozenset(
    ["value", "values", "val", "answer", "number", "data", "new_value", "old_value", "previous_value"]
)
"""``{"name": "Card number", "value": ...}``: what stands under the label keys names what stands under these."""

NUMBER_WORDS: dict[str, str] = {
    "en": "zero,one,two,three,four,five,six,seven,eight,nine",
    "de": "null,eins,zwei,drei,vier,fünf,sechs,sieben,acht,neun",
    "fr": "zéro,un,deux,trois,quatre,cinq,six,sept,huit,neuf",
    "es": "cero,uno,dos,tres,cuatro,cinco,seis,siete,ocho,nueve",
    "it": "zero,uno,due,tre,quattro,cinque,sei,sette,otto,nove",
    "pt": "zero,um,dois,três,quatro,cinco,seis,sete,oito,nove",
    "nl": "nul,een,twee,drie,vier,vijf,zes,zeven,acht,negen",
    "pl": "zero,jeden,dwa,trzy,cztery,pięć,sześć,siedem,osiem,dziewięć",
}
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
MORE_NUMBER_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "oh": "0",
        "nought": "0",
        **{word: str(number) for number, word in enumerate(_TEENS.split(), start=10)},
        **{word: str(number * 10) for number, word in enumerate(_TENS.split(), start=2)},
    },
    "de": {"ein": "1", "zwo": "2", "fuenf": "5"},
    "fr": {"zero": "0"},
    "pt": {"tres": "3", "uma": "1", "duas": "2", "meia": "6"},
    "nl": {"één": "1"},
    "pl": {"piec": "5", "szesc": "6", "dziewiec": "9"},
}
TIMES: dict[str, dict[str, int]] = {
    "en": {"double": 2, "triple": 3},
    "de": {"doppel": 2},
    "fr": {"double": 2, "triple": 3},
    "es": {"doble": 2, "triple": 3},
    "it": {"doppio": 2, "triplo": 3},
    "pt": {"duplo": 2, "triplo": 3},
    "nl": {"dubbel": 2},
}


@cache
def number_words(language: str) -> dict[str, str]:
    """Return the digits that each number word of a language stands for."""
    plain = {word: str(digit) for digit, word in enumerate(NUMBER_WORDS[language].split(","))}
    return {**plain, **MORE_NUMBER_WORDS.get(language, {})}


@cache
def all_spoken() -> frozenset[str]:
    """Return every word that can stand in a spelled-out number of some language."""
    spoken = {word for language in NUMBER_WORDS for word in number_words(language)}
    return frozenset(spoken | {word for times in TIMES.values() for word in times})


def exact(words: Iterable[str]) -> str:
    """Return the pattern (ASCII, case ignored) that finds any of ``words`` as the detector reads them.

    Words with the same kind of ends share one test of the neighbouring letters, which decides most places at once.
    """
    kinds: dict[tuple[bool, bool], list[str]] = {}
    for word in sorted(set(words), key=lambda word: (-len(word), word)):
        kinds.setdefault((word.startswith("*"), word.endswith("*")), []).append(
            "".join(_letter(letter) for letter in word.strip("*"))
        )
    groups = [
        f"{'' if joined_before else '(?<![A-Za-z])'}(?:{'|'.join(some)}){'' if joined_behind else '(?![A-Za-z])'}"
        for (joined_before, joined_behind), some in kinds.items()
    ]
    return f"(?:{'|'.join(groups)})"


def crude(word: str) -> str:
    """Return an RE2 pattern on bytes that matches ``word`` wherever ``exact`` does, however it is written down."""
    return "".join(_letter_crude(letter) for letter in word.strip("*"))


@cache
def context_pattern() -> re.Pattern[str]:
    return re.compile(exact(CONTEXT.split()), re.ASCII | re.IGNORECASE)


@cache
def field_pattern() -> re.Pattern[str]:
    return re.compile(exact(FIELD.split()), re.ASCII | re.IGNORECASE)


@cache
def code_pattern() -> str:
    return exact(CODE_LABELS.split())


@cache
def context_crude() -> str:
    return _stems(CONTEXT.split())


@cache
def field_crude() -> str:
    return _stems(FIELD.split())


def _stems(words: Iterable[str]) -> str:
    """Return the crude alternation of words, without those that hold another one."""
    kept: list[str] = []
    for word in sorted({word.strip("*") for word in words}, key=lambda word: (len(word), word)):
        if not any(stem in word for stem in kept):
            kept.append(word)
    return "|".join(crude(word) for word in kept)


def _letter(letter: str) -> str:
    if letter == "_":
        return r"[\W_]{1,3}"
    if letter.isascii():
        return letter
    both = {letter, letter.upper(), letter.lower()}
    return "(?:" + "|".join(sorted(re.escape(form) for form in both)) + ")"


def _letter_crude(letter: str) -> str:
    if letter == "_":
        return r"(?:[^0-9A-Za-z]|<[^<>]*>|&[0-9A-Za-z#;]+|\\u[0-9A-Fa-f]{4}|\\[nrtbf]|%[0-9A-Fa-f]{2})+"
    if letter.isascii():
        return letter
    forms = {letter, letter.upper(), letter.lower()}
    escaped = {"".join(rf"\\u{ord(part):04x}" for part in form) for form in forms}
    return "(?:" + "|".join(sorted(forms | escaped)) + r"|&[0-9A-Za-z#;]+)"
