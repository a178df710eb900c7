"""How large a team the person is to have led."""

import re
from typing import Final

from maitred.insight.ranking.reading.sentence import AT_LEAST, AT_MOST, NUMBER, Sentence, count

_HEADS: Final = r"""(?:
    people|persons?|agents?|reps?|representatives?|direct\s+reports?|reports|specialists|advisors|advisers|
    team\s+members|members|associates|ftes?|engineers|heads|seats?|staff|employees|technicians|analysts|headcount
)\b"""
_LEADS: Final = r"""(?:
    managed|managing|manages?|led|leading|leads?|supervised|supervising|supervises?|oversaw|overseen|overseeing|
    oversees?|ran|run|running|coached|coaching|headed|heading|responsible\s+for|in\s+charge\s+of|handled|handling|
    built|building|grew|grown|growing|scaled|scaling
)"""
_NOT_YEARS: Final = r"(?!\s*(?:\+\s*)?(?:years?|yrs?|months?|yoe|%|miles|km|-\s*(?:year|yr)))"
_PLUS: Final = r"(?:\s*(?:\+|plus\b|or\s+more|and\s+up))?"
_RANGE: Final = r"(?:\s*(?:-|to|and)\s*\d+)?"
_ORG: Final = (
    r"(?:teams?|help\s?desk|service\s+desk|call\s+cent(?:er|re)|contact\s+cent(?:er|re)|department|operation|org\b)s?"
)
_MIN: Final = rf"(?:(?:{AT_LEAST}|larger\s+than|bigger\s+than)\s*|between\s+)?"
_TEAM: Final = re.compile(
    rf"""(?:(?:\b{_LEADS}\s+)?(?:\ba\s+|\bthe\s+)?(?:\w+\s+)?
            (?:\bteams?|\bgroups?|\bdepartments?)(?:\s+sizes?)?\s*(?:of|:|=|with|>=?|≥|\(|-)?\s*{_MIN}
            (?P<a>{NUMBER}){_PLUS}{_RANGE}{_NOT_YEARS}
            (?:\s+(?:or\s+more\s+)?(?:\w+\s+){{0,2}}?{_HEADS})?(?:\s+or\s+more)?)
    | (?:\b{_LEADS}\s+{_MIN}(?P<b>{NUMBER}){_PLUS}{_RANGE}\s+(?:[\w-]+\s+){{0,2}}?{_HEADS})
    | (?:(?:\b{_LEADS}\s+)?(?:\ba\s+|\bthe\s+)?{_MIN}\b(?P<c>{NUMBER}){_PLUS}(?:\s*-\s*\d+)?[\s-]*
            (?:persons?|people|member|agent|seat|strong|fte|man|head)[\s-]+(?:strong\s+)?(?:\w+\s+){{0,2}}?{_ORG})
    | (?:{_MIN}\b(?P<d>{NUMBER}){_PLUS}(?:\s*-\s*\d+)?\s+
            (?:direct\s+reports?|agents|reps|seats|team\s+members|reports)\b)
    | (?:\b(?:direct\s+reports|headcount|head\s+count|reports)\s*(?:of|:|=|>=?|≥)?\s*{_MIN}(?P<e>{NUMBER})\s*\+?)""",
    re.VERBOSE,
)
_HINT: Final = re.compile(
    r"team|group|department|report|headcount|head count|agent|reps?\b|seat|people|person|strong|fte|staff|"
    r"member|special|advis|assoc|engineer|heads|employ|technic|analyst"
)
_CAPPED: Final = re.compile(rf"(?:{AT_MOST}|\bfrom)\s*$", re.VERBOSE)
_ONE_WORD_BEFORE: Final = re.compile(r"(?:\w+\s+)??(?=teams?\b|groups?\b|departments?\b|a\s+team)")
_BEGINS_WITH_LEADING: Final = re.compile(_LEADS, re.VERBOSE)


def read_team_sizes(sentence: Sentence) -> None:
    """Chips of team sizes; a largest size is no least size and makes none."""
    if not _HINT.search(sentence.open):
        return
    for match in _TEAM.finditer(sentence.open):
        group = next(name for name in "abcde" if match.group(name))
        number = count(match.group(group))
        if _CAPPED.search(sentence.folded, 0, match.start(group)) or not 1 < number <= 5000:
            continue
        start, end = match.span()
        if group == "a" and not _BEGINS_WITH_LEADING.match(match.group()):
            before = _ONE_WORD_BEFORE.match(match.group())
            start += before.end() if before else 0
        while not sentence.folded[start].isalnum():
            start += 1
        sentence.add("team_size_min", number, start, end)
