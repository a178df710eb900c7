"""Names and addresses of people whom nobody has on record, found by what stands around them.

A name is what somebody introduces ("my name is …", "Mr …", the line below "Regards"), and two unusual words with
capitals side by side; an address is a number with a street and what follows it. These are written rules for texts in
European scripts, no learned tagger: a name alone in the middle of a sentence is often missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from maitred.sync.screen import Span
from maitred.sync.screen.folding import everyday

_NAME = r"[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:['’\-][^\W\d_]+)*"
_TITLE = r"[^\W\d_a-zß-öø-ÿ](?:['’][^\W\d_])?[a-zß-öø-ÿāăąćčďđēęěğīįıķłńňōőŕřśšťūůűźżžạ-ỹ]+(?:[^\W\d_]+)?"
_MIDDLE = r"(?:[A-Z]\.|(?:de|da|van|von|der|den|bin|al|la|el|dos|del|di|du)(?= ))"
_ROW = rf"{_NAME}\.?(?:[ \u00a0](?:{_MIDDLE}[ \u00a0]?){{0,2}}{_NAME}){{0,3}}"
_INTRODUCED = re.compile(
    rf"(?i:\b(?:my|his|her|their|the|your) (?:full |first |last |maiden |given |family |sur|middle "
    rf")?name(?:['’]s| is|\?)|\bname on (?:the|my) (?:account|card|"
    rf"order|booking) is"
    rf"|\b(?:i am called|calls? me|this is|i am|i['’]m|name:|signed by|on behalf of|speaking (?:with|to)|"
    rf"spoke (?:with|to)"
    rf"|ich hei(?:ß|ss)e|mein name ist|je m['’]appelle|me llamo|mi chiamo|mijn naam is))[ \u00a0]{{1,2}}(?P<v>{_ROW})"
)
_MET = re.compile(
    rf"\b(?:said|asked?|told|tell|with|by|met|meet|contact|colleague|agent|manager) "
    rf"(?P<v>{_TITLE}(?:['’]s)?)(?![\w@/])"
)
_TITLED = re.compile(
    rf"\b(?i:mr|mrs|ms|miss|mx|dr|prof|herr|frau|monsieur|madame|señor|señora)\b\.?[ \u00a0](?P<v>{_ROW})"
)
_SIGNED = re.compile(
    r"(?i:(?:kind |best |warm |many )?(?:regards|thanks|cheers|sincerely|yours(?: truly| sincerely| faithfully)?|wishes"
    rf"|gr(?:ü|ue)(?:ß|ss)e|cordialement|"
    rf"saludos))[ \t]*[,.!]?[ \t]*\r?\n[ \t]*(?:\r?\n[ \t]*)?(?P<v>{_ROW})[ \t]*(?:\r?\n|$)"
)
_GREETED = re.compile(rf"(?:^|\n)[ \t]*(?i:dear|hi|hello|hey)[ \t]+(?P<v>{_ROW})[ \t]*[,!\r\n]")
_PAIR = re.compile(rf"(?<![\w@./#'’\-])(?P<v>{_TITLE}(?: {_MIDDLE})? {_TITLE}(?:[ \-]{_TITLE})?)(?![\w@/]|[.'’\-]\w\w)")
_NOBODY = frozenset(
    "africa airlines airways america american amex android angeles apple asia atm austria bank barclays beach "
    "berlin boston "
    "british canada chicago china city dallas diego england english europe european express facebook france "
    "francisco french "
    "german germany google houston india indian instagram ireland italian italy japan java korea las linux london los "
    "mastercard mexico microsoft miami netflix new norway orleans paris paypal poland portugal russia san "
    "santa sea south "
    "spain spanish spotify states sweden swift switzerland sydney texas tokyo toronto twitter uk union united "
    "usa vegas visa "
    "washington western whatsapp windows york zealand january february march september october november "
    "december monday "
    "tuesday wednesday thursday friday saturday sunday inc ltd llc gmbh corp plc university college hotel "
    "hospital airport russian chinese japanese "
    "amazon ebay ups fedex dhl samsung sony nokia adobe oracle zoom".split()
)
"""Words with a capital that make a pair no person: places, firms, days; written for English texts."""
_TINY = frozenset("hi my we no so to in is it if on at as or by do go of up us am be he me ok".split())
_KIND = (
    r"(?:Street|St|Road|Rd|Avenue|Ave|Drive|Dr|Lane|Ln|Boulevard|Blvd|Court|Ct|Place|Pl|Square|Sq|Way|Terrace|Close|Crescent"
    r"|Parkway|Pkwy|Highway|Hwy|Circle|Trail|Row|Mews|Grove|Gardens)\.?"
)
_END = (
    r"(?:,?[ \u00a0]+(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|#)\.?[ ]?#?\w{1,6})?"
    rf"(?:(?:,|,?[ ]?\r?\n)[ \u00a0]?{_NAME}(?:[ \u00a0]{_NAME}){{0,2}}){{0,3}}"
    rf"(?:,?[ \u00a0][A-Z]{{2}})?(?:,?(?:[ \u00a0]|\s?\r?\n\s?)\d{{5}}(?:-\d{{4}})?(?!\d))?"
)
_STREET = re.compile(
    rf"(?<![\w.,#])\d{{1,5}}[A-Za-z]?,?[ \u00a0](?:(?:North|South|East|West|N|S|E|W)\.?[ \u00a0])?"
    rf"(?:(?:{_NAME}|\d{{1,3}}(?:st|nd|rd|th))[ \u00a0]){{1,4}}{_KIND}(?![\w]){_END}"
)
_STRASSE = re.compile(
    rf"(?<![\w])(?:{_NAME}[ \-])?[^\W\d_]{{2,30}}(?:straße|strasse|str\.|weg|platz|allee|gasse|straat|laan|"
    rf"gatan|vej)[ ]\d{{1,4}}[a-z]?"
    rf"(?!\w)(?:,?[ \r\n]{{1,2}}\d{{4,5}}[ ]{_NAME}(?:[ ]{_NAME})?)?"
)


def strangers_in(text: str) -> Iterator[Span]:
    """Yield names and addresses that the words around them give away.

    Examples
    --------
    >>> text = "Hi, my name is Ana Ruiz. I live at 12 Main Street, Springfield, IL 62701"
    >>> [(text[span.start : span.end], span.type) for span in strangers_in(text)]
    [('Ana Ruiz', 'PERSON'), ('12 Main Street, Springfield, IL 62701', 'ADDRESS')]
    """
    for pattern in (_INTRODUCED, _TITLED, _SIGNED, _GREETED):
        for found in pattern.finditer(text):
            end = _name_end(text, *found.span("v"))
            if end > found.start("v"):
                yield Span(found.start("v"), end, "PERSON", "pattern", 0.8)
    for found in (*_PAIR.finditer(text), *_MET.finditer(text)):
        words = re.findall(r"[^\W\d_]+", found["v"].lower())
        if not any(word in _NOBODY or ((len(word) > 2 or word in _TINY) and word in everyday()) for word in words):
            yield Span(*found.span("v"), "PERSON", "pattern", 0.6)
    if any(sign.isdigit() for sign in text):
        for pattern in (_STREET, _STRASSE):
            for found in pattern.finditer(text):
                yield Span(*found.span(), "ADDRESS", "pattern", 0.8)


def _name_end(text: str, start: int, end: int) -> int:
    """Return where the name ends: before the first everyday word, and before a full stop of the sentence."""
    words = list(re.finditer(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*\.?", text[start:end]))
    last = start
    for place, word in enumerate(words):
        bare = re.sub(r"['’]s$", "", word[0].rstrip("."))
        if bare.lower() in everyday() and (place == 0 or len(bare) > 2):
            break
        last = start + word.start() + (len(word[0]) if len(bare) == 1 else len(word[0].rstrip(".")))
    return last if last - start > 1 else start
