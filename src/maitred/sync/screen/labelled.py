"""Personal data that only the words beside it give away: birth dates, ages, user names, documents, accounts, postcodes.

Postcodes of the United Kingdom, Canada and the Netherlands have a form of their own; others need a word or a state.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from maitred.sync.screen.spans import PersonalType

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_DATE = (
    rf"(?:\d{{1,4}}[./\- ]\d{{1,2}}[./\- ]\d{{2,4}}|\d{{1,2}}(?:st|nd|rd|th)?(?: of)?[ \-]{_MONTH},?[ \-]\d{{2,4}}"
    rf"|{_MONTH}[ \-]\d{{1,2}}(?:st|nd|rd|th)?,?[ \-]\d{{2,4}})"
)
_LINK = r"(?:\s{0,2}(?:is|was|are|ist|lautet|:|=|#|-|–|of|no\.?|nr\.?|num|number|code)){0,4}\s{0,3}[:#=]?\s{0,2}[\"'(]?"
_STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA "
    "RI SC SD TN TX UT VT VA WA WV WI WY DC PR"
).replace(" ", "|")
_CODED = r"(?=[A-Za-z0-9\-]{0,18}\d)[A-Za-z0-9](?:[A-Za-z0-9]|[ \-](?=[A-Z0-9]*\d)){4,18}[A-Za-z0-9]?"

_RULES: tuple[tuple[PersonalType, str, str], ...] = (
    (
        "DATE_OF_BIRTH",
        "born birth dob d.o.b bday geb nacim naiss",
        rf"(?:\bborn(?: on| in)?|date of birth|birth ?da(?:te|y)|\bdob|\bd\.o\.b\.?|\bb-?day|geboren(?: am)?|"
        rf"geburtsdatum|"
        rf"fecha de nacimiento|date de naissance|née? le){_LINK}(?:on )?(?P<v>{_DATE})(?![\w])",
    ),
    (
        "AGE",
        "age old years yo jahre",
        r"(?:(?<![\w.,])(?P<v>1?\d?\d)(?:[ \-]years?[ \-]olds?|[ \-]?y/?o\b|[ \-]yrs?[ \-]old|[ \-]jahre alt)"
        r"|\b(?:aged|my age is|i am aged|age[:=]?)\s(?P<w>1[01]\d|\d{1,2})(?![\w.,%]\d|\d|%| (?:days?|hours?|"
        r"min|weeks?|months?)))",
    ),
    (
        "USERNAME",
        "user login handle nick username benutzer @",
        r"(?:(?:user ?-?name|user ?id|log-?in(?: name| id)?|handle|nick ?name|screen name|benutzername)\b"
        r"(?:\s{0,2}(?:is|was|ist|:|=))\s{0,2}[\"'@]?(?P<v>[\w](?=[\w.\-]*[\d_.A-Z]|[\w]{4,}[\"'])[\w.\-]{2,40}\w)(?!\w|@)"
        r"|(?<![\w@./])(?P<w>@(?=\w*[A-Za-z])\w{3,30})(?![\w@.]*\.\w|\w))",
    ),
    (
        "PASSPORT",
        "passport reisepass pasaporte passeport",
        rf"(?:passport|reisepass\w*|pasaporte|passeport){_LINK}(?P<v>{_CODED})(?!\w)",
    ),
    (
        "DRIVER_LICENCE",
        "licen führerschein permis",
        rf"(?:driv\w*['’]?s? ?licen[cs]e|\bdl\b|licen[cs]e (?:number|no\.?|#)|"
        rf"führerschein\w*){_LINK}(?P<v>{_CODED})(?!\w)",
    ),
    (
        "ACCOUNT",
        "account member polic customer konto iban routing sort kunden acct",
        r"(?:(?:account|acct|bank account|customer|client|member(?:ship)?|policy|loyalty|kunden|konto)[ \-]?"
        r"(?:number|no\.?|num|id|nr\.?|#|nummer)|kontonummer|kundennummer|routing(?: number)?|sort ?code)"
        r"(?:\s{0,2}(?:is|was|ist|:|=|#)){0,2}\s{0,3}[\"'(]?"
        r"(?P<v>(?=[A-Za-z0-9\- ]{0,12}\d{2})[A-Za-z]{0,4}[ \-]?\d(?:\d|[ \-](?=\d)){3,22}\d)(?![\w])",
    ),
    (
        "POSTCODE",
        "zip post plz postal code",
        r"(?:zip(?: ?code)?|post ?code|postal(?: code)?|plz|postleitzahl|c[óo]digo postal|code postal)"
        r"(?:\s{0,2}(?:is|was|ist|to|:|=|#)){0,2}\s{0,3}[\"'(]?"
        r"(?P<v>\d{5}(?:-\d{4})?|\d{4}(?:[ ]?[A-Z]{2})?|\d{2,3}[ \-]\d{2,4})(?![\w])",
    ),
)
_COMPILED = tuple((kind, tuple(words.split()), re.compile(pattern, re.IGNORECASE)) for kind, words, pattern in _RULES)
_UK = re.compile(
    r"(?<![\w])(?:GIR ?0AA|(?:[A-PR-UWYZ]\d[\dA-HJKPSTUW]?|[A-PR-UWYZ][A-HK-Y]\d[\dABEHMNPRVWXY]?) "
    r"?\d[ABD-HJLNP-UW-Z]{2})(?![\w])"
)
_CANADA = re.compile(r"(?<![\w])[ABCEGHJ-NPRSTVXY]\d[A-Z][ \-]?\d[A-Z]\d(?![\w])")
_DUTCH = re.compile(r"(?<![\w.,])[1-9]\d{3} (?!AM|PM|SA|SD|SS|GB|MB|KB|TB|OK)[A-Z]{2}(?=[\s,;.]|$)(?! ?\d)")
_US = re.compile(
    rf"(?<![A-Za-z])(?:{_STATES})[ ,\u00a0]{{1,2}}(?P<v>\d{{5}}(?:-\d{{4}})?)(?![\w])|"
    rf"(?<![\w\-])(?P<w>\d{{5}}-\d{{4}})(?![\w\-])"
)


def labelled_in(text: str) -> Iterator[tuple[int, int, PersonalType]]:
    """Yield what the words beside it give away.

    Examples
    --------
    >>> text = "I was born on 3 May 1980, passport number X1234567"
    >>> [(text[a:b], kind) for a, b, kind in labelled_in(text)]
    [('3 May 1980', 'DATE_OF_BIRTH'), ('X1234567', 'PASSPORT')]
    """
    lower = text.lower()
    for kind, words, pattern in _COMPILED:
        if any(word in lower for word in words):
            for found in pattern.finditer(text):
                group = "v" if found["v"] is not None else "w"
                yield *found.span(group), kind
    yield from _postcodes(text)


def _postcodes(text: str) -> Iterator[tuple[int, int, PersonalType]]:
    for pattern in (_UK, _CANADA, _DUTCH):
        for found in pattern.finditer(text):
            yield *found.span(), "POSTCODE"
    for found in _US.finditer(text):
        group = "v" if found["v"] is not None else "w"
        yield *found.span(group), "POSTCODE"
