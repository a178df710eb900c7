"""Years of experience and years of leading, in figures or words, as a least, a most or a range.

A count is of leading years only when a leading word stands next to it ("2 years managing people"), never because the
title holds "manager". Two counts in one query each go to the subject next to them.
"""

import re
from typing import Final

from maitred.insight.ranking.reading.leading import AS_A_LEAD, LEAD_WORD, lead_span
from maitred.insight.ranking.reading.sentence import AT_LEAST, AT_MOST, NUMBER, Sentence, count
from maitred.insight.ranking.reading.team_sizes import read_team_sizes

MOST_YEARS: Final = 60
YEARS_MAX_WARNING: Final = "a maximum of years can put older people at a disadvantage; it never lowers a score"
_KIND: Final = r"""
    (?:(?:relevant|proven|solid|strong|progressive|hands-on|prior|previous|related|professional|total|overall|work|
    working|combined|full[\s-]time|direct|demonstrated|successful|industry|practical|similar)\s+)*
"""
_UNIT: Final = r"years?|yrs?\.?|yoe|y(?=\b)|months?|mos?\b|anos|ans|jahren?"
_YEARS: Final = re.compile(
    rf"""(?<![\w$€£])(?:(?P<min>{AT_LEAST})\s*|(?P<max>{AT_MOST})\s*)?(?P<between>between\s+)?(?:a\s)?
    (?P<a>{NUMBER}|a(?=\sdecade)|an?(?=\syear\b))\s*(?:\(\s*{NUMBER}\s*\)\s*)?(?P<plus>\+|-?plus\b|or\smore|and\smore)?
    (?:\s*(?:-|to|~|/|\band\b|\bor\b)\s*(?P<b>{NUMBER})\s*(?P<plus_b>\+)?)?
    [\s-]*(?:full\s)?(?P<unit>{_UNIT})(?![\w+]*@)\b'?
    (?P<after>\s*(?:\+|plus\b(?!\s+(?:an?\b|\d|{NUMBER}\s|\w+\s(?:is|required)))|or\s(?:more|above|over|greater)|
        and\s(?:up|above|over|more)|\(?minimum\)?|\(?min\.?\)?(?=\W|$)|at\sleast))?
    (?P<after_max>\s*(?:or\s(?:less|fewer|under)|\(?max(?:imum)?\.?\)?(?=\W|$)|at\smost|tops))?
    (?P<rest>(?:\s+of)?\s+{_KIND}(?:experience|exp\b\.?|background|tenure|expertise)|\s+(?:in\s)?(?:total|overall)\b)?""",
    re.VERBOSE,
)
_DECADE: Final = re.compile(r"\b(?:more than |over |at least )?(?:a|one) decade(?:(?: of)?(?: experience)?)\b")
_BARE: Final = re.compile(
    rf"""\b(?:(?:years?\sof\s|total\s|work\s)?(?:experience|exp)|yoe)\s*(?::|=|>=?|≥|of|-)?\s*
    (?:{AT_LEAST})?\s*(?P<a>{NUMBER})\s*(?:\+|or\smore)?(?:\s*-\s*(?P<b>{NUMBER}))?
    (?!\s*(?:%|k\b|m\b|people|agents|reps|miles|km|\w*\s*(?:year|yr|month)))(?=\s*(?:$|[,.;)]|\w))
    |(?<![\w$€£])(?P<c>\d{{1,2}})\s*\+\s*{_KIND}(?:experience|exp\b)""",
    re.VERBOSE,
)
_TO_THE_NEXT: Final = re.compile(
    rf"""(?:\b(?:more\sthan|over|at\sleast)\s+)?(?P<a>{NUMBER})\s+years?(?P<mid>[^,;.]{{0,60}}),\s*(?:but\s+)?
    (?P<max>{AT_MOST})\s+(?P<b>{NUMBER})(?=\s*(?:$|[,.;]|years?|yrs?))(?:\s*(?:years?|yrs?))?
    |\b(?:at\sleast|min\.?(?:imum)?(?:\sof)?)\s+(?P<a2>{NUMBER})\s*,?\s+(?:years?\s+)?(?:(?:but|and|to)\s+)?(?:{AT_MOST})\s+
    (?P<b2>{NUMBER})\s+(?:years?|yrs?)""",
    re.VERBOSE,
)
_LEAD_YEARS: Final = re.compile(
    rf"""(?:{AT_LEAST})?\s*\b(?P<a>{NUMBER})\s*\+?\s+(?:lead(?:ing|ership)?|supervisory|management)[\s-]+(?:years?|yrs?|yoe)\b
    |\b(?:lead(?:ership)?|supervisory|management)[\s-]+years?\s*(?::|=|>=?|of)?\s*(?P<b>{NUMBER})\s*\+?""",
    re.VERBOSE,
)
_LEAD_PARTS: Final = ("lead y", "leading y", "leadership y", "supervisory y", "management y", "lead-y")
_NOT_A_COUNT: Final = re.compile(r"\b(?:last|past|next|recent|previous|within|every|per|each|for the)\s+$")
_NOT_AFTER: Final = re.compile(
    r"\s*(?:-?\s*old\b|ago\b|-?\s*degree\b|contract\b|warranty|-?\s*(?:college|university|program))"
)
_OF_THOSE: Final = re.compile(
    rf"""(?:\band|\bwith|,|\(|\bincl(?:uding|\.|udes)?|\bplus|\bof\swhich|\bof\sthose|;|\bat\sleast)\s*
    (?:(?:including|incl\.?|of\swhich|of\sthose|with|and|plus|of\sthem)\s+)*(?:{AT_LEAST})?\s*(?P<a>{NUMBER})\s*\+?\s+
    (?:of\s(?:them|those|which|these|that)\s+)?(?:(?:as|in|were|was|spent|being)\s+)*(?:a\s|an\s)?
    (?:{LEAD_WORD}|{AS_A_LEAD})(?:\s+(?:teams?|people|staff|roles?|positions?|experience|agents))*""",
    re.VERBOSE,
)
_SUBJECT: Final = re.compile(
    r"""\s*(?:(?:of|in|with|within|working\sin|doing|as|for)\s+)?(?:(?:a|an|the)\s+)?
    (?:(?:customer|client|technical|tech|user|product|it|frontline|end[\s-]user|customer[\s-]facing)\s+)?
    (?:support|service|services|care|success|relations|operations|(?:call|contact)[\s-]?cent(?:er|re)|help[\s-]?desk|
        service\sdesk|experience(?=\s+experience)|cx)s?
    (?:\s+(?:and|or|/)\s+(?:customer\s+)?(?:support|service|services|care|success))?
    (?:\s+(?:roles?|positions?|environments?|teams?|work|jobs?|industry|settings?|field|space))?
    (?:\s+(?:experience|exp\b|background))?
    (?!\s*(?:manager|mgr|lead|agent|supervis|director|rep\b|repres|special|tools?|software|management|leadership|
        operations|engineer|analyst|assoc|team))""",
    re.VERBOSE,
)
_ANY_NUMBER: Final = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|decade|"
    r"couple|dozen|"
    r"year|hundred|fourteen|eighteen)\b"
)
_TOTAL: Final = re.compile(r"\b(?:total|overall|combined)\b")


def read_counts(sentence: Sentence) -> None:
    """Chips of team sizes and years."""
    numbers = len(_ANY_NUMBER.findall(sentence.open))
    if not numbers:
        return
    read_team_sizes(sentence)
    for match in _DECADE.finditer(sentence.open) if "decade" in sentence.folded else ():
        _years(sentence, match.start(), match.end(), 10, None)
    for match in _LEAD_YEARS.finditer(sentence.open) if sentence.says(_LEAD_PARTS) else ():
        if sentence.is_open(*match.span()):
            start = match.start() + len(match.group()) - len(match.group().lstrip())
            sentence.add("lead_years_min", count(match.group("a") or match.group("b")), start, match.end())
    for match in _TO_THE_NEXT.finditer(sentence.open) if numbers > 1 else ():
        _from_to(sentence, match)
    for match in _YEARS.finditer(sentence.open):
        _counted(sentence, match)
    for match in _OF_THOSE.finditer(sentence.open) if numbers > 1 else ():
        if sentence.is_open(match.start("a"), match.end()) and count(match.group("a")) <= MOST_YEARS:
            sentence.add("lead_years_min", count(match.group("a")), match.start("a"), match.end())
    if not any(draft.slot in ("years_min", "years_max") for draft in sentence.drafts):
        for match in _BARE.finditer(sentence.open):
            _bare(sentence, match)


def _from_to(sentence: Sentence, match: re.Match[str]) -> None:
    """ "At least 3 but no more than 6 years", "more than five years in support, fewer than ten"."""
    if not sentence.is_open(*match.span()):
        return
    if match.group("a2"):
        _years(sentence, match.start(), match.end(), count(match.group("a2")), count(match.group("b2")))
    elif lead_span(sentence.folded, match.start(), match.start("mid")) is None:
        _years(sentence, match.start(), match.start("mid"), count(match.group("a")), None)
        _years(sentence, match.start("max"), match.end(), None, count(match.group("b")))


def _counted(sentence: Sentence, match: re.Match[str]) -> None:
    start, end = match.span()
    if not sentence.is_open(start, end) or _NOT_AFTER.match(sentence.folded, end):
        return
    if _NOT_A_COUNT.search(sentence.folded, 0, start) and not match.group("rest"):
        return
    factor = 12 if match.group("unit").startswith("mo") else 1
    first = count(match.group("a")) // factor
    second = count(match.group("b")) // factor if match.group("b") else None
    if (factor == 12 and not first) or first > MOST_YEARS or (second or 0) > MOST_YEARS:
        return
    if second is not None and second < first:
        return
    if match.group("max") or match.group("after_max"):
        _years(sentence, start, end, first if second is not None else None, second if second is not None else first)
    elif second is not None and not match.group("plus_b") and not match.group("after"):
        _years(sentence, start, end, first, second)
    else:
        _years(sentence, start, end, first, None)


def _bare(sentence: Sentence, match: re.Match[str]) -> None:
    if not sentence.is_open(*match.span()):
        return
    first = count(match.group("a") or match.group("c"))
    second = count(match.group("b")) if match.group("b") else None
    if first <= 40 and (second is None or first <= second <= 40):
        _years(sentence, match.start(), match.end(), first, second)


def _years(sentence: Sentence, start: int, end: int, least: int | None, most: int | None) -> None:
    """The chips of one count: leading years when a leading word stands next to it, else years of support."""
    lead = lead_span(sentence.folded, start, end)
    if lead and least is not None and not _led_already(sentence, *lead):
        draft = sentence.add("lead_years_min", least, *_open_part(sentence, lead, start, end))
        if most is not None:
            draft.warning = "a maximum of leading years is not used"
        return
    of = "total" if _TOTAL.search(sentence.folded[max(0, start - 8) : end + 9]) else "support"
    subject = _SUBJECT.match(sentence.open, end)
    last = subject.end() if subject else end
    if subject and "exp" not in sentence.folded[start:end] and subject.group().endswith(("experience", "exp")):
        end = last
    if least is not None:
        sentence.add("years_min", least, start, end, of=of)
    if most is not None:
        sentence.add("years_max", most, start, end, of=of, warning=YEARS_MAX_WARNING)
    if subject:
        sentence.claim(subject.start(), last)


def _led_already(sentence: Sentence, first: int, last: int) -> bool:
    """Whether the leading words belong to a count that was read before."""
    return any(draft.slot == "lead_years_min" and draft.start < last and first < draft.end for draft in sentence.drafts)


def _open_part(sentence: Sentence, lead: tuple[int, int], start: int, end: int) -> tuple[int, int]:
    """The span of a leading count: with its leading words as far as no other chip holds them."""
    first, last = lead
    while first < start and not (sentence.is_open(first, start) and sentence.folded[first].isalnum()):
        first += 1
    while last > end and not (sentence.is_open(end, last) and sentence.folded[last - 1].isalnum()):
        last -= 1
    return first, last
