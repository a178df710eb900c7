"""Which job a title names: a small grammar of area and rank for customer support, a table for all other occupations.

"Manager of customer support", "Sr. CS Manager" and "Teamleiter Kundenservice" are put together from their parts: an
area (support, help desk, call center …), a rank (agent … vice president) and words that raise or lower it. A title that
says neither is looked up among the job titles of O*NET.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from maitred.insight.ranking.reading.tables import Role, lines, roles
from maitred.insight.ranking.reading.tables import words as small_words

ROLES: Final = roles()
SISTERS: Final = {
    "support": frozenset({"callcenter", "tech_support", "cx", "success", "operations"}),
    "callcenter": frozenset({"support", "operations", "helpdesk"}),
    "tech_support": frozenset({"helpdesk", "support"}),
    "helpdesk": frozenset({"tech_support", "callcenter"}),
    "cx": frozenset({"support", "success"}),
    "success": frozenset({"support", "cx"}),
    "operations": frozenset({"support", "callcenter", "wfm"}),
    "quality": frozenset({"trainer", "wfm"}),
    "wfm": frozenset({"quality", "operations"}),
    "trainer": frozenset({"quality"}),
}
"""Families whose work is close: what is called a sister family in scoring."""
LONGEST: Final = 7
"""Words of the longest phrase that is looked up."""


@dataclass(frozen=True, slots=True)
class TitleRole:
    """The job that a title names, how sure that is (0 to 1000), and what else it may mean."""

    role: Role
    sureness: int
    alternatives: tuple[Role, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """One word or sign of a text: its folded form and its slice."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Title:
    """A title inside a text; `area` and `rank` are what was said, empty or 0 where nothing was."""

    found: TitleRole
    start: int
    end: int
    area: str
    rank: int


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str
    value: str
    first: int
    last: int
    text: str = ""


_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?|[^\w\s]|_")


def words(folded: str) -> list[Word]:
    """The words and signs of a folded text; a hyphen inside a word only separates."""
    found = [Word(match.group(), match.start(), match.end()) for match in _WORD.finditer(folded)]
    return [
        word
        for word in found
        if word.text != "-"
        or not (word.start > 0 and word.end < len(folded))
        or not (folded[word.start - 1].isalnum() and folded[word.end].isalnum())
    ]


def titles_in(said: list[Word]) -> list[Title]:
    """Every title of customer support among words, in order, bare ranks such as "team lead" with an empty area."""
    pieces = _pieces(said)
    found: list[Title] = []
    position = 0
    while position < len(pieces):
        run, position = _run(pieces, position)
        title = _composed(run, said) if run else None
        if title:
            found.append(title)
    return found


def area_alone(said: list[Word]) -> str:
    """The area of a title that is nothing but an area, such as "Customer Service"; empty otherwise."""
    pieces = [piece for piece in _pieces(said) if piece.kind != "connector"]
    areas = {piece.value for piece in pieces if piece.kind == "domain"}
    return areas.pop() if len(areas) == 1 and all(piece.kind in ("domain", "senior") for piece in pieces) else ""


def is_rank(word: str) -> bool:
    """Whether a word says a rank and no trade: "manager", "specialist"."""
    return any(kind == "level" for kind, _ in _phrases().get(word, ()))


@cache
def role_by_id(role: str) -> Role:
    """The role of an id of the vocabulary."""
    return next(one for one in ROLES if one.id == role)


@cache
def _phrases() -> dict[str, tuple[tuple[str, str], ...]]:
    """Phrase → its kinds and values; whole titles come first."""
    table: dict[str, list[tuple[str, str]]] = {}
    for kind, value, text in lines("titles"):
        for phrase in text.split("|"):
            key = " ".join(word.text for word in words(phrase))
            for form in (key, _plural(key)) if kind in ("level", "whole") and len(key) > 3 else (key,):
                if (kind, value) not in table.setdefault(form, []):
                    table[form].append((kind, value))
    order = {"apart": -1, "whole": 0, "domain": 1, "level": 2, "senior": 3, "connector": 4}
    return {key: tuple(sorted(several, key=lambda one: order[one[0]])) for key, several in table.items()}


def _plural(phrase: str) -> str:
    return phrase[:-1] + "ies" if phrase.endswith("y") else phrase + "s"


@cache
def _beginnings() -> dict[str, int]:
    """First word → words of the longest phrase that begins with it."""
    found: dict[str, int] = {}
    for key in _phrases():
        first = key.split(" ", 1)[0]
        found[first] = max(found.get(first, 0), key.count(" ") + 1)
    return found


def _pieces(said: list[Word]) -> list[_Piece]:
    """The words cut into known phrases, the longest first; an unknown word is a piece of its own kind."""
    known, beginnings = _phrases(), _beginnings()
    found: list[_Piece] = []
    at = 0
    while at < len(said):
        step = 1
        piece = _Piece("", "", at, at, said[at].text)
        longest = beginnings.get(said[at].text)
        if longest:
            for length in range(min(longest, len(said) - at), 0, -1):
                hit = known.get(" ".join(word.text for word in said[at : at + length]) if length > 1 else said[at].text)
                if hit:
                    kind, value = hit[0]
                    kind = "" if kind == "apart" else kind
                    piece, step = _Piece(kind, value, at, at + length - 1, said[at].text), length
                    break
        found.append(piece)
        at += step
    return found


def _run(pieces: list[_Piece], position: int) -> tuple[list[_Piece], int]:
    """The pieces that form one title from `position` on, and where to go on."""
    if pieces[position].kind in ("", "connector"):
        return [], position + 1
    run: list[_Piece] = [pieces[position]]
    at = position + 1
    while at < len(pieces):
        piece = pieces[at]
        if piece.kind == "connector":
            follower = pieces[at + 1] if at + 1 < len(pieces) else None
            if follower is not None and follower.kind == "connector" and at + 2 < len(pieces):
                at += 1
                continue
            if follower is None or follower.kind == "" or not _joins(run, pieces, at, follower):
                break
            run.append(follower)
            at += 2
            continue
        if piece.kind == "" or not _follows(run, piece):
            break
        run.append(piece)
        at += 1
    return run, at


def _kinds(run: list[_Piece]) -> set[str]:
    return {piece.kind for piece in run}


def _joins(run: list[_Piece], pieces: list[_Piece], at: int, follower: _Piece) -> bool:
    """Whether a word such as "of" or a comma leads from the run to its missing part."""
    kinds = _kinds(run)
    if "whole" in kinds:
        return follower.kind == "domain" and kinds == {"whole"} and run[0].value == _OPERATIONS
    if kinds == {"senior"}:
        return pieces[at].text == "."
    if follower.kind == "domain":
        return "level" in kinds and "domain" not in kinds and _leads_to(pieces, at, follower, run[-1])
    if follower.kind == "level":
        return "domain" in kinds and "level" not in kinds and pieces[at].first == pieces[at].last
    return False


def _leads_to(pieces: list[_Piece], at: int, area: _Piece, rank: _Piece) -> bool:
    """Whether "of" or a comma joins a rank to the area behind it: not in "lead the help desk" or "agents, "
    "call center lead"."""
    while pieces[at - 1].kind == "connector":
        at -= 1
    if rank.value in ("3", "7") and pieces[at].text in _ARTICLES:
        return False
    place = pieces.index(area)
    behind = pieces[place + 1] if place + 1 < len(pieces) else None
    return pieces[at].text in _GENITIVES or behind is None or behind.kind not in ("level", "whole")


_ARTICLES: Final = frozenset({"a", "an", "our", "my", "your", "the", "la", "le", "les", "der", "des"})
_GENITIVES: Final = frozenset({"of", "for", "de", "del", "du", "fur"})


def _follows(run: list[_Piece], piece: _Piece) -> bool:
    """Whether a phrase right behind the run still belongs to the same title."""
    kinds = _kinds(run)
    if "whole" in kinds:
        return piece.kind == "senior" and len(run) == 1
    if piece.kind == "whole":
        return kinds <= {"senior"}
    if piece.kind == "domain":
        return "domain" not in kinds
    if piece.kind == "level":
        return "level" not in kinds or run[-1].kind == "level" or _leads(run)
    return piece.kind == "senior"


def _leads(run: list[_Piece]) -> bool:
    """Whether the only rank so far opens the title, as in "lead support agent", "assistant support manager"."""
    ranks = [piece for piece in run if piece.kind == "level"]
    return ranks == run[:1] and (run[0].value == "3" or run[0].text in _UNDER)


_OPERATIONS: Final = "other:11-1021.00"
_UNDER: Final = frozenset({"assistant", "associate", "asst"})


def _composed(run: list[_Piece], said: list[Word]) -> Title | None:
    while run and run[0].kind == "senior" and said[run[0].first].text in _OWN_MEANING:
        run = run[1:]
    while run and run[-1].kind == "senior" and said[run[-1].first].text not in _NUMERALS:
        run = run[:-1]
    kinds = _kinds(run)
    if not kinds & {"level", "whole"}:
        return None
    start, end = said[run[0].first].start, said[run[-1].last].end
    raised = max((int(piece.value) for piece in run if piece.kind == "senior"), default=0)
    whole = next((piece for piece in run if piece.kind == "whole"), None)
    if whole is not None and "domain" in kinds:
        area = next(piece.value for piece in run if piece.kind == "domain")
        return Title(role_of("operations" if area in ("support", "cs") else area, 5), start, end, area, 5)
    if whole is not None:
        return Title(_whole(whole.value, raised), start, end, whole.value.split(".")[0], role_by_id(whole.value).level)
    area = next((piece.value for piece in run if piece.kind == "domain"), "")
    rank = _rank(run, raised, said)
    return Title(role_of(area, rank), start, end, area, rank)


_OWN_MEANING: Final = small_words("own meaning")
"""Words before a title that say something of their own in a query."""
_NUMERALS: Final = frozenset({"ii", "iii", "iv", "i", "tier", "level", "l1", "l2", "l3"})


def _rank(run: list[_Piece], raised: int, said: list[Word]) -> int:
    """The rank that levels and raising words make together."""
    levels = [int(piece.value) for piece in run if piece.kind == "level"]
    rank = max(levels)
    if rank == 1 and any(value == 3 for value in levels):
        return 3
    if rank == 1 and raised == 2:
        return 3 if any(said[piece.first].text == "lead" for piece in run if piece.kind == "senior") else 2
    if rank == 5 and len(levels) > 1 and run[0].text in ("assistant", "asst"):
        return 4
    if rank == 5 and raised == 2:
        return 6
    return rank


def _whole(value: str, raised: int) -> TitleRole:
    if value == "support.agent" and raised == 2:
        return TitleRole(role_by_id("support.senior_agent"), 1000)
    return TitleRole(role_by_id(value), 1000, tuple(role_by_id(one) for one in _ALSO.get(value, ())))


_ALSO: Final = {"quality.analyst": ("other:15-1253.00",), "other:11-3131.00": ("trainer",)}
_SUPPORT: Final = (
    "support.agent",
    "support.agent",
    "support.senior_agent",
    "support.lead",
    "support.supervisor",
    "support.manager",
    "support.senior_manager",
    "support.head",
    "support.director",
    "support.vp",
)
_AREAS: Final = {
    "tech_support": ("tech_support.agent",) * 3 + ("tech_support.lead",) * 2 + ("tech_support.manager",) * 2,
    "helpdesk": ("tech_support.agent",) * 3 + ("tech_support.lead",) * 2 + ("helpdesk.manager",) * 2,
    "callcenter": _SUPPORT[:3] + ("callcenter.supervisor",) * 2 + ("callcenter.manager",) * 2,
    "cx": _SUPPORT[:5] + ("cx.manager",) * 2 + ("cx.head",) * 3,
    "success": ("success.manager",) * 7 + ("success.head",) * 3,
    "operations": ("operations.support_manager",) * 7,
}
_MANAGERS: Final = {
    "tech_support": "tech_support.manager",
    "helpdesk": "helpdesk.manager",
    "callcenter": "callcenter.manager",
    "cx": "cx.manager",
    "operations": "operations.support_manager",
}


@cache
def role_of(area: str, rank: int) -> TitleRole:
    """The job of an area and a rank; without an area it is customer support, and not sure."""
    if area in ("", "support"):
        return TitleRole(role_by_id(_SUPPORT[rank]), 1000 if area else 300)
    if area == "cs":
        success = _AREAS["success"][rank]
        return TitleRole(role_by_id(_SUPPORT[rank]), 800, (role_by_id(success),))
    ranks = _AREAS[area]
    if rank >= len(ranks):
        return TitleRole(role_by_id(_SUPPORT[rank]), 900, (role_by_id(_MANAGERS[area]),))
    role = role_by_id(ranks[rank])
    if role.level == rank:
        return TitleRole(role, 1000)
    other = role_by_id(_SUPPORT[rank])
    return TitleRole(role, 850, (other,) if other != role else ())
