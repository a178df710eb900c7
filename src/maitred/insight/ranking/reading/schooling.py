"""The schooling that a query asks for: the least degree, and whether equal experience will do."""

import re
from typing import Final

from maitred.insight.ranking.reading.sentence import Draft, Sentence

RANKS: Final = {"high_school": 1, "associate": 2, "bachelor": 3, "master": 4, "doctorate": 5}
_TAIL: Final = r"(?:(?:['s]*\s*(?:-?\s*level)?\s*(?:degree|diploma|education|qualification)s?)|'?s\b)?"
_DEGREES: Final = re.compile(
    rf"""(?P<doctorate>\b(?:ph\.?\s?d\.?|doctorate|doctoral(?:\s+degree)?|doctor\ of\ \w+)(?=\W|$))
    | (?P<master>\bm\.[as]\.(?=[\s,;)]|$){_TAIL}|\b(?:masters?'?s?|m\.b\.a\.?|mba|msc|m\.sc\.?|m\.eng|meng|m\.[as]|
    post-?\s?graduate|
    postgrad|graduate(?=\s+degree))\b{_TAIL})(?!\s*(?:black\ belt|data|of\s+ceremon))
    | (?P<bachelor>\b(?:bachelors?'?s?|baccalaureate|b\.a\.?|b\.s\.?|b\.sc\.?|bsc|bba|b\.b\.a\.?|bcom|b\.com|
    b\.?tech|b\.?eng|undergrad(?:uate)?(?=\s+degree)|(?:4|four)[\s-]years?(?=\s+(?:degree|college))|(?:college|
    university|uni)(?=\s+(?:degree|graduate|diploma|educat))|licenciatura)(?=\W|
    $){_TAIL}(?:\s+graduate)?(?:-?\s?educated)?)
    | (?P<associate>\b(?:associate'?s?(?=\s*(?:degree|diploma|'s\s+degree))|associate's|associates\ degree|(?:2|
    two)[\s-]years?(?=\s+(?:degree|college))|foundation\ degree|some\ college)\b{_TAIL})
    | (?P<high_school>\b(?:high[\s-]?school(?:\s+(?:diploma|degree|education|graduate|equivalen\w+))?|
    secondary\s+(?:school|education)(?:\s+diploma)?|hs\s+diploma|ged|abitur|a-?levels|gcses?)\b)
    | (?P<bare>\b(?:degree|degree[\s-]educated|graduate(?!\s+\w+\s+program)|university[\s-]educated|
    college[\s-]educated)\b)""",
    re.VERBOSE,
)
_CAPITALS: Final = re.compile(
    r"(?P<bachelor>\b(?:BA|BS|B\.A|B\.S|BSBA)\b\.?(?:/(?:BA|BS|BSc)\b)?)|(?P<master>\b(?:MA|"
    r"MS)\b(?=\s+(?:degree|in\b)|\s*[/,]\s*(?:MBA|MS|MA)|\s+or\s+(?:MBA|MS|MA)))"
)
_OF: Final = re.compile(
    r"\s*(?:of|in)\s+(?:arts|science|business\s+administration|science\s+degree|arts\s+degree|engineering|"
    r"commerce)\b(?:\s+degree)?"
)
_DEGREE_AFTER: Final = re.compile(r"\s*(?:['s]*\s*)?(?:degrees?|diplomas?|qualifications?)\b")
_HIGHER: Final = re.compile(
    r"\s*(?:or|and)\s+(?:higher|above|better|more|up|beyond|an?\s+advanced\s+degree)\b|\s*\+(?=\W|$)"
)
_EQUIVALENT: Final = re.compile(
    r"\s*[,(/]?\s*(?:(?:or|and/or)\s+)?(?:an?\s+)?(?:the\s+)?(?:equivalent|comparable|equal|similar|relevant|"
    r"substantial)(?:\s+(?:combination\s+of\s+education\s+and|work|professional|practical|relevant|job|"
    r"industry|life))*(?:\s+(?:experience|qualifications?|background|degree))?\s*(?:accepted\b|ok\b)?\)?"
    r"|\s*[,(/]?\s*or\s+(?:relevant\s+|work\s+|practical\s+)*experience\b(?:\s+instead)?\)?"
)
_MIN: Final = re.compile(r"(?:\b(?:at least|minimum(?: of)?|min\.?)\s+)?(?:\b(?:an?|the)\s+)?$")
_NONE_BEFORE: Final = re.compile(
    r"\b(?:no|without(?: a)?|doesn't need(?: a)?|not need(?: a)?)\s+(?:college |university |formal |"
    r"bachelor's |an? )?$"
)
_NONE_AFTER: Final = re.compile(
    r"\s*(?:is\s+|are\s+)?(?:not\s+(?:required|necessary|needed|mandatory|important)|optional\b(?=\s*$)|unnecessary)"
)
_PARTS: Final = (
    *(
        "degree",
        "phd",
        "ph.",
        "ph d",
        "doct",
        "master",
        "mba",
        "m.",
        "msc",
        "meng",
        "grad",
        "bach",
        "baccal",
        "b.",
        "bsc",
    ),
    *("bba", "bcom", "tech", "beng", "college", "univ", "uni ", "licenc", "associate", "school", "secondary", "diplom"),
    *("ged", "abitur", "level", "gcse", "ba", "bs", "ma ", "ms ", "ma,", "ms,", "education"),
)


def read_schooling(sentence: Sentence) -> None:
    """Chips of degrees; a degree that is said not to matter makes none."""
    if not sentence.says(_PARTS):
        return
    for match in _CAPITALS.finditer(sentence.text):
        if not sentence.text.isupper() and sentence.is_open(*match.span()):
            _degree(sentence, match.lastgroup or "", match.start(), match.end())
    for match in _DEGREES.finditer(sentence.open):
        if sentence.is_open(*match.span()):
            _degree(sentence, match.lastgroup or "", match.start(), match.end())


def _degree(sentence: Sentence, kind: str, start: int, end: int) -> None:
    folded = sentence.folded
    if kind == "bare" and _BARE_IS_PART.search(folded, 0, start):
        return
    for pattern in (_OF, _DEGREE_AFTER):
        more = pattern.match(folded, end)
        end = more.end() if more and sentence.is_open(end, more.end()) else end
    if _NONE_BEFORE.search(folded, 0, start) or _NONE_AFTER.match(folded, end):
        return
    higher = _HIGHER.match(folded, end)
    end = higher.end() if higher else end
    equivalent = _EQUIVALENT.match(folded, end)
    if not equivalent:
        field = _FIELD.match(folded, end)
        equivalent = _EQUIVALENT.match(folded, field.end()) if field else None
    before = _MIN.search(folded, 0, start)
    first = before.start() if before else start
    while first < start and not folded[first].isalnum():
        first += 1
    id_ = "bachelor" if kind == "bare" else kind
    rank = {"id": id_, "rank": RANKS[id_]}
    same = next(
        (
            one
            for one in sentence.drafts
            if one.slot == "education_min" and one.value == rank and _near(folded, one, first)
        ),
        None,
    )
    if same is not None:
        sentence.claim(start, end)
        same.end = end
    else:
        same = sentence.add("education_min", rank, first, end, assumed=("id",) if kind == "bare" else ())
    if equivalent:
        same.or_equivalent = True
        same.marks["last"] = equivalent.end()
        sentence.claim(equivalent.start(), equivalent.end())


_BARE_IS_PART: Final = re.compile(r"\b(?:recent|new|fresh|high school|360|third|first|second)\s+$|\b(?:recently)\s+$")
_FIELD: Final = re.compile(
    r"\s+in\s+(?:[\w-]+\s*,?\s*){1,4}?(?=\s*[,(]?\s*or\s+(?:an?\s+)?(?:equivalent|relevant|comparable|similar|"
    r"related\s+experience|work\s+experience))"
)


def _near(folded: str, one: Draft, start: int) -> bool:
    return (
        bool(re.fullmatch(r"[\s/,.]*(?:or\s+|and\s+)?(?:an?\s+)?", folded[one.end : start]))
        if one.end <= start
        else False
    )
