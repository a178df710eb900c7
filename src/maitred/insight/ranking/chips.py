"""What a query asks for, as chips a person can read, change and remove, and the words that became none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

SLOTS: Final = (
    "title",
    "years_min",
    "years_max",
    "lead_years_min",
    "place",
    "remote",
    "tool",
    "skill",
    "certification",
    "education_min",
    "language",
    "industry",
    "team_size_min",
    "employment_type",
    "keyword",
)
LONGEST_QUERY: Final = 2000
"""Characters of the longest query that is read."""

Value = int | str | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing the query asks for, and the slice of the query that asked it.

    `must` filters, `negated` excludes, chips of one `any_of` number are alternatives of each other, `assumed` names the
    parts of the value that were not in the words. `of` says what a number of years counts. `alternatives` are other
    values that the same words may mean; `warning` is a sentence for the person who searches.
    """

    slot: str
    value: Value
    start: int
    end: int
    must: bool = False
    negated: bool = False
    any_of: int | None = None
    assumed: tuple[str, ...] = ()
    of: str = ""
    alternatives: tuple[Mapping[str, Any], ...] = ()
    or_equivalent: bool = False
    warning: str = ""

    def told(self) -> dict[str, Any]:
        """The chip as JSON; keys that say nothing are left out behind the fixed ones."""
        told: dict[str, Any] = {"slot": self.slot, "value": _plain(self.value)}
        if self.of:
            told["of"] = self.of
        told |= {
            "span": [self.start, self.end],
            "must": self.must,
            "not": self.negated,
            "any_of": self.any_of,
            "assumed": list(self.assumed),
        }
        if self.alternatives:
            told["alternatives"] = [_plain(one) for one in self.alternatives]
        if self.or_equivalent:
            told["or_equivalent"] = True
        if self.warning:
            told["warning"] = self.warning
        return told

    @classmethod
    def from_told(cls, told: Mapping[str, Any]) -> "Chip":
        """A chip from its JSON, such as one that a person has changed.

        Raises
        ------
        BadInput
            When the slot is unknown or the value is missing.
        """
        from maitred.base.errors import BadInput

        if told.get("slot") not in SLOTS or "value" not in told:
            raise BadInput(f"no chip has the slot {str(told.get('slot'))[:40]!r}", f"slots: {', '.join(SLOTS)}")
        start, end = told.get("span") or (0, 0)
        return cls(
            slot=told["slot"],
            value=told["value"],
            start=int(start),
            end=int(end),
            must=bool(told.get("must", False)),
            negated=bool(told.get("not", False)),
            any_of=told.get("any_of"),
            assumed=tuple(told.get("assumed", ())),
            of=told.get("of", ""),
            alternatives=tuple(told.get("alternatives", ())),
            or_equivalent=bool(told.get("or_equivalent", False)),
            warning=told.get("warning", ""),
        )


@dataclass(frozen=True, slots=True)
class Blocked:
    """Words that a search for people must not use: what they are about, and why they were taken out."""

    text: str
    start: int
    end: int
    about: str
    reason: str

    def told(self) -> dict[str, Any]:
        """The blocked words as JSON."""
        return {"text": self.text, "span": [self.start, self.end], "about": self.about, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Reading:
    """A query, its chips in the order of its words, what was blocked, and what was not understood."""

    query: str
    chips: tuple[Chip, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    not_understood: tuple[str, ...] = field(default=())

    def told(self) -> dict[str, Any]:
        """The reading as JSON."""
        return {
            "query": self.query,
            "chips": [chip.told() for chip in self.chips],
            "blocked": [one.told() for one in self.blocked],
            "not_understood": list(self.not_understood),
        }


def read(query: str) -> Reading:
    """The chips of a query; nothing that its words do not say, apart from parts marked `assumed`.

    Raises
    ------
    BadInput
        When the query is longer than `LONGEST_QUERY` characters.

    >>> [chip.slot for chip in read("Customer Support Manager with 4 years of experience in New York").chips]
    ['title', 'years_min', 'place']
    """
    from maitred.insight.ranking.reading.reader import read_query

    return read_query(query)


def warm() -> None:
    """Make the tables ready, so that the first query is as quick as the next."""
    read("Customer support manager or registered nurse, 5 years with Zendesk near Austin, TX, fluent Spanish")


def _plain(value: Value) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
