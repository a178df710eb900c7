"""Official numbers of persons, by country, as data: how they are written, which rule checks them, and who says so.

A row with ``strong`` has a form and check digits that few other numbers meet, so it stands alone; any other needs a
word of its own near it. The table does not hold every country: one that is missing here is not looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from maitred.sync.screen import check_digits as rules

REACH = 48
"""How far, in characters, the word that names a number may stand before it; behind it twice as far."""


@dataclass(frozen=True, slots=True)
class National:
    """One kind of number: ISO country, its pattern (compiled with bounds), the check, the source, words beside it."""

    country: str
    name: str
    pattern: str
    check: rules.Rule
    source: str
    words: str
    strong: bool = False


_G = r"[ .\-\u00a0]?"
_SOCIAL = r"social[ -]?security|\bssn\b|\bsocial\b|\bsin\b|social insurance|tax(?:payer)? ?id|\bitin\b"
_ANY = r"national id|identity (?:card|number|document)|\bid (?:card|number|no)\b|personal (?:id|number)"

NATIONALS: tuple[National, ...] = (
    National("US", "SSN", r"\d{3}-\d{2}-\d{4}", rules.ssn_us, "SSA, Social Security number randomization", "", True),
    National("US", "SSN", rf"\d{{3}}{_G}\d{{2}}{_G}\d{{4}}", rules.ssn_us, "SSA, as above", _SOCIAL),
    National("US", "ITIN", r"9\d{2}-[5-9]\d-\d{4}", rules.always, "IRS publication 1915", "", True),
    National(
        "CA", "SIN", rf"\d{{3}}{_G}\d{{3}}{_G}\d{{3}}", rules.luhn, "Service Canada, SIN code of practice", _SOCIAL
    ),
    National(
        "GB",
        "NINO",
        rf"[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z][A-CEGHJ-NPR-TW-Za-ceghj-npr-tw-z]{_G}\d{{2}}{_G}\d{{2}}{_G}\d{{2}}{_G}[A-Da-d]",
        rules.nino_uk,
        "HMRC, National Insurance manual NIM39110",
        "",
        True,
    ),
    National(
        "GB", "NHS", rf"\d{{3}}{_G}\d{{3}}{_G}\d{{4}}", rules.nhs_uk, "NHS data dictionary, NHS number", r"\bnhs\b"
    ),
    National(
        "IE", "PPS", r"\d{7}[A-Wa-w][A-IWa-iw]?", rules.pps_ie, "Department of Social Protection, PPS number", "", True
    ),
    National(
        "DE",
        "IdNr",
        rf"\d{{2}}{_G}\d{{3}}{_G}\d{{3}}{_G}\d{{3}}",
        rules.tax_de,
        "§ 139b AO; BZSt",
        r"steuer|\bidnr|\btin\b|tax",
    ),
    National(
        "AT", "SVNR", rf"\d{{4}}{_G}\d{{6}}", rules.social_at, "§ 31 ASVG", r"\bsv[- ]?n|sozialvers|versicherungsn"
    ),
    National(
        "CH",
        "AHV",
        r"756[ .\-]?\d{4}[ .\-]?\d{4}[ .\-]?\d{2}",
        rules.ean_13,
        "Central Compensation Office, OASI number",
        "",
        True,
    ),
    National(
        "ES",
        "DNI or NIE",
        r"[XYZxyz]?-?\d{7,8}-?[A-HJ-NP-TV-Za-hj-np-tv-z]",
        rules.dni_es,
        "Real Decreto 1553/2005",
        r"\bdni\b|\bnie\b|\bnif\b|document|identi",
    ),
    National(
        "ES", "DNI or NIE", r"(?:\d{8}|[XYZ]\d{7})-?[A-HJ-NP-TV-Z]", rules.dni_es, "Real Decreto 1553/2005", "", True
    ),
    National(
        "FR",
        "NIR",
        rf"[12]{_G}\d{{2}}{_G}(?:0[1-9]|1[0-2]|[2-9]\d){_G}(?:\d{{2}}|2[ABab]){_G}\d{{3}}{_G}\d{{3}}{_G}\d{{2}}",
        rules.nir_fr,
        "INSEE, NIR",
        "",
        True,
    ),
    National(
        "IT",
        "Codice fiscale",
        r"[A-Za-z]{6}\d{2}[A-EHLMPR-Ta-ehlmpr-t]\d{2}[A-Za-z]\d{3}[A-Za-z]",
        rules.codice_it,
        "DM 23 December 1976, Agenzia delle Entrate",
        "",
        True,
    ),
    National(
        "PT",
        "NIF",
        rf"[1-35-9]\d{{2}}{_G}\d{{3}}{_G}\d{{3}}",
        rules.nif_pt,
        "Portaria 377/2003; Autoridade Tributária",
        r"\bnif\b|contribuinte|fiscal",
    ),
    National(
        "NL",
        "BSN",
        rf"\d{{4}}{_G}\d{{2}}{_G}\d{{3}}|\d{{3}}{_G}\d{{3}}{_G}\d{{3}}",
        rules.bsn_nl,
        "Wet algemene bepalingen burgerservicenummer",
        r"\bbsn\b|burgerservice|sofi",
    ),
    National(
        "BE",
        "National number",
        r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}",
        rules.national_be,
        "Royal decree of 3 April 1984",
        "",
        True,
    ),
    National(
        "BE",
        "National number",
        rf"\d{{2}}{_G}\d{{2}}{_G}\d{{2}}{_G}\d{{3}}{_G}\d{{2}}",
        rules.national_be,
        "as above",
        r"rijksregister|registre national|national number|national register|\bnrn?\b|\binsz\b|\bniss\b",
    ),
    National("PL", "PESEL", r"\d{11}", rules.pesel_pl, "Act on population records, 24 September 2010", r"pesel"),
    National(
        "SE", "Personnummer", r"(?:19|20)?\d{6}[-+]\d{4}", rules.personnummer_se, "Skatteverket, SKV 704", "", True
    ),
    National("SE", "Personnummer", r"(?:19|20)?\d{10}", rules.personnummer_se, "as above", r"personn"),
    National(
        "NO",
        "Fødselsnummer",
        rf"\d{{6}}{_G}\d{{5}}",
        rules.foedselsnummer_no,
        "Skatteetaten, national identity number",
        "",
        True,
    ),
    National("DK", "CPR", r"\d{6}[- ]?\d{4}", rules.cpr_dk, "CPR-kontoret", r"\bcpr\b|personn"),
    National(
        "FI",
        "HETU",
        r"\d{6}[-+A-FU-Ya-fu-y]\d{3}[0-9A-Ya-y]",
        rules.hetu_fi,
        "Digital and Population Data Services Agency",
        "",
        True,
    ),
    National("CZ", "Rodné číslo", r"\d{6}/\d{4}", rules.rodne_cz, "Act 133/2000", "", True),
    National("CZ", "Rodné číslo", r"\d{10}", rules.rodne_cz, "Act 133/2000", r"rodn"),
    National("HR", "OIB", r"\d{11}", rules.mod_11_10, "Act on the personal identification number", r"\boib\b"),
    National("RO", "CNP", r"[1-8]\d{12}", rules.cnp_ro, "Emergency ordinance 97/2005", r"\bcnp\b|cod numeric"),
    National("TR", "T.C. kimlik", r"[1-9]\d{10}", rules.kimlik_tr, "Law 5490", r"kimlik|\btckn?\b|t\.c\."),
    National(
        "AU", "TFN", rf"\d{{3}}{_G}\d{{3}}{_G}\d{{3}}", rules.tfn_au, "Australian Taxation Office", r"\btfn\b|tax file"
    ),
    National("BR", "CPF", r"\d{3}\.\d{3}\.\d{3}-\d{2}", rules.cpf_br, "Receita Federal, Lei 4.862/1965", "", True),
    National("BR", "CPF", r"\d{11}", rules.cpf_br, "as above", r"\bcpf\b"),
    National("CL", "RUT", r"\d{1,2}\.\d{3}\.\d{3}-[\dKk]", rules.rut_cl, "Servicio de Impuestos Internos", "", True),
    National("CL", "RUT", r"\d{7,8}-[\dKk]", rules.rut_cl, "as above", r"\brut\b|\brun\b"),
    National(
        "MX",
        "CURP",
        r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d",
        rules.curp_mx,
        "RENAPO, Diario Oficial 23 October 1996",
        "",
        True,
    ),
    National(
        "IN", "Aadhaar", r"[2-9]\d{3}[ \-]?\d{4}[ \-]?\d{4}", rules.verhoeff, "UIDAI", r"aadh?aa?r|\buid(?:ai)?\b"
    ),
    National(
        "IN", "PAN", r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", rules.always, "Income-tax Rules 1962, rule 114", "", True
    ),
    National(
        "ZA",
        "Identity number",
        r"\d{10}[01]\d{2}",
        rules.identity_za,
        "Identification Act 68 of 1997",
        rf"{_ANY}|\bid\b",
    ),
    National("SG", "NRIC or FIN", r"[STFGstfg]\d{7}[A-Za-z]", rules.nric_sg, "National Registration Act", "", True),
    National("KR", "Resident number", r"\d{6}-\d{7}", rules.resident_kr, "Resident Registration Act", "", True),
    National(
        "CN", "Resident identity", r"[1-9]\d{5}(?:19|20)\d{9}[\dXx]", rules.resident_cn, "GB 11643-1999", "", True
    ),
    National("IL", "Teudat zehut", r"\d{9}", rules.luhn, "Population Registry", r"teudat|zehut|ת\.ז|תעודת זהות"),
)

_NOT_BEFORE = r"(?<![\w.\-/+])(?<![0-9] )"
_NOT_BEHIND = r"(?![\w/]|[.\-][0-9A-Za-z]| [0-9]{2})"
_COMPILED = tuple(
    (row, re.compile(f"{_NOT_BEFORE}(?:{row.pattern}){_NOT_BEHIND}"), re.compile(row.words, re.IGNORECASE))
    for row in NATIONALS
)
_OTHER = re.compile(
    r"(?:order|tracking|invoice|ticket|case|booking|ref(?:erence)?|serial|sku|imei|parcel|confirmation)"
    r"(?:[ _-]?(?:id|no|nr|num|number|code))?(?: is| was)?[\s:#.]{0,4}$",
    re.IGNORECASE,
)
_GAP = re.compile(r"[ .\-/\u00a0]")


def nationals_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield where official numbers of persons stand.

    Examples
    --------
    >>> sorted(set(nationals_in("My SSN is 219-09-9999")))
    [(10, 21)]
    """
    for row, pattern, words in _COMPILED:
        if not row.strong and not words.search(text):
            continue
        for found in pattern.finditer(text):
            if _holds(row, found[0]) and _told(row, words, text, found.start()):
                yield found.span()


def _holds(row: National, written: str) -> bool:
    # The sign between birth date and serial of a HETU is part of the number.
    bare = written if row.name == "HETU" else _GAP.sub("", written).replace("+", "")
    return row.check(bare.upper())


def _told(row: National, words: re.Pattern[str], text: str, start: int) -> bool:
    before = text[max(0, start - REACH) : start]
    if row.strong:
        return _OTHER.search(before) is None
    return words.search(before) is not None or words.search(text, start, start + 2 * REACH) is not None
