"""Whether a job leads people, and how many: by its role, its title, and what is told of a team."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

LEADING_LEVEL: Final = 3
NOT_LEADING: Final = frozenset({"success.manager"})
"""Roles whose title says manager though they look after accounts, not people."""
_TITLE: Final = re.compile(
    r"(?i)\b(?:supervisor|team ?lead(?:er)?|head of|director|chief|vice president|vp|foreman|shift lead|"
    r"teamleit\w*|leiter\w*|"
    r"chef d['’]équipe|responsable|jefe|jefa|encargad[oa]|gerente|coordinador[a]? de equipo)\b"
)
_MANAGER: Final = re.compile(
    r"(?i)\b(?P<kind>[\w-]+)\s+(?P<more>experience\s+|success\s+|media\s+)?manager\b|^manager\b|\bmanager,|"
    r"\bmanager of\b"
)
_NOT_PEOPLE: Final = frozenset(
    "account accounts product project program programme case community relationship success office brand content "
    "property "
    "risk category territory portfolio data delivery release marketing media partner engagement scrum event".split()
)
_NUMBERS: Final = {
    word: number
    for number, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen "
        "nineteen twenty".split(),
        start=2,
    )
} | {"twenty-five": 25, "thirty": 30, "forty": 40, "fifty": 50}
_COUNT: Final = r"(?P<n{0}>\d{{1,4}}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + r")\+?"
_WHO: Final = (
    r"(?:(?:direct|full[- ]time|part[- ]time|remote|on-?site|offshore|customer|client|technical|support|service|"
    r"call|contact|center|"
    r"centre|help|desk|tier|level|[12]|care|success|senior|junior|frontline|front[- ]line|global|bilingual|team|"
    r"chat|phone|and)[ -]+){0,4}"
    r"(?:agents?|representatives?|reps?|people|persons?|employees|staff|specialists?|associates?|advisors?|"
    r"advisers?|reports|analysts?|"
    r"technicians?|engineers?|members|supervisors?|team ?leads?|leads|managers?|headcount|ftes?|operators|"
    r"professionals|mitarbeiter\w*|"
    r"personen|collaborateurs|personas|agentes|employés)\b"
)
_LED: Final = (
    r"(?:manag\w+|led|lead|leads|leading|supervis\w+|oversaw|oversee\w*|head\w+|direct\w+|coach\w+|mentor\w+|"
    r"built|grew|ran|running|"
    r"coordinat\w+|leitung|leitete|führte|dirig\w+|encadr\w+|lider\w+|supervis\w+|gestion\w+)"
)
_TEAM: Final = re.compile(
    r"(?i)\b(?:team|group|staff|department|crew|équipe|equipo|equipe) (?:size )?(?:of|de)\s+(?:about |around |"
    r"over |up to |approximately )?"
    + _COUNT.format(1)
    + r"(?![\d.,]*\d|\s*(?:%|percent|countries|tickets|calls|years))"
    + rf"|\b{_LED}\s+(?:and \w+\s+)?(?:a |an |the |up to |over |about |more than |team of |our |ein team von |)?"
    + _COUNT.format(2)
    + rf"\s+{_WHO}"
    + r"|\b"
    + _COUNT.format(3)
    + r"\s+direct reports\b|\b"
    + _COUNT.format(4)
    + r"[- ](?:person|people|member|agent|seat|strong)[- ](?:\w+ ){0,2}team\b|\bteam size\s*:?\s*"
    + _COUNT.format(5)
    + r"|\b(?:team|leitung|führung) von\s+"
    + _COUNT.format(6)
    + r"|\b(?:grew|expanded|scaled|built) (?:the |a |our |my )?(?:\w+ ){0,2}team (?:from \w+ )?to "
    + _COUNT.format(7)
)
_HINTS: Final = (
    "team group staff report agent people person department crew équipe equip mitarbeit rep specialist associate advis "
    "analyst technician engineer supervisor manager lead headcount fte operator professional employee"
).split()
_NUMBER: Final = re.compile(r"\d|" + "|".join(_NUMBERS))
_COUNTED: Final = re.compile(
    r"(?<![\d.,:/-])\d{1,4}(?![\d/:]|\s*%)(?<!19\d\d)(?<!20\d\d)|\b(?:" + "|".join(_NUMBERS) + r")\b", re.IGNORECASE
)
_MEMBER: Final = re.compile(
    r"(?i)\b(?:part of|member of|within|in|joined|worked (?:in|on|with)|supported|reporting to|on)\s+(?:a|an|the|"
    r"our)?\s*(?:\w+\s+){0,2}$"
)


@dataclass(frozen=True, slots=True)
class Team:
    """A team that a text tells of: how many, and where it stands."""

    size: int
    start: int
    end: int


def leads_by_title(role: str, level: int, title: str) -> bool:
    """Whether a job's role or title says that it leads people."""
    if role in NOT_LEADING:
        return False
    if level >= LEADING_LEVEL:
        return True
    if _TITLE.search(title):
        return True
    found = _MANAGER.search(title)
    if found is None:
        return False
    kind = (found["kind"] or "").casefold()
    more = (found["more"] or "").strip().casefold()
    return kind not in _NOT_PEOPLE and more not in ("success", "media")


def lines_with_counts(text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    """The lines between two places in which a small count stands that is no year."""
    last = -1
    for one in _COUNTED.finditer(text, low, high):
        if one.start() <= last:
            continue
        begun = max(low, text.rfind("\n", low, one.start()) + 1)
        end = text.find("\n", one.end(), high)
        last = high if end < 0 else end
        yield begun, last


def team_in(text: str) -> Team | None:
    """The largest team that a text says was led; being one of a team is not leading it.

    >>> team_in("Managed a team of 12 agents").size, team_in("Part of a team of 12")
    (12, None)
    """
    plain = text.lower()
    if _NUMBER.search(plain) is None or not any(hint in plain for hint in _HINTS):
        return None
    largest: Team | None = None
    for one in _TEAM.finditer(text):
        said = next(value for value in one.groups() if value)
        size = _NUMBERS.get(said.casefold()) or int(said)
        if _MEMBER.search(text[max(0, one.start() - 40) : one.start()]):
            continue
        if 0 < size <= 5000 and (largest is None or size > largest.size):
            largest = Team(size, one.start(), one.end())
    return largest
