"""Personal data in a text: where it stands, and the text without it, for whoever shows, exports or sends it on.

Three passes are joined: who is on the ticket's record, what form and check digits give away (both in ``sync.screen``),
and names and addresses of people whom nobody has on record, where the words around them say so. Where two overlap, the
longer span stays. What is uncertain is redacted as well. A redaction is never called complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from maitred.insight.text.evaluating import Answer, Line, Run
from maitred.insight.text.strangers import strangers_in
from maitred.sync.screen import Known, PersonalType, Span, identities_in, patterns_in, without_overlaps

TYPES: tuple[PersonalType, ...] = get_args(PersonalType)
"""Every kind of personal data that can be found."""
NOBODY = Known()
_SHOWN: frozenset[PersonalType] = frozenset({"ORGANIZATION", "PLACE"})
_KNOWN = ("names", "emails", "phones", "addresses", "accounts")


@dataclass(frozen=True, slots=True)
class Policy:
    """What is taken out of a text.

    Attributes
    ----------
    redacted
        The kinds that are replaced; the others are found and left.
    strangers
        Whether names and addresses of unknown people are looked for too.
    """

    redacted: frozenset[PersonalType] = frozenset(TYPES) - _SHOWN
    strangers: bool = True


DEFAULT = Policy()
"""Everything but names of places and organisations."""


@dataclass(slots=True)
class Placeholders:
    """The placeholders of one ticket: the same person keeps the same number in all its texts.

    It holds what it replaced only as long as the ticket is being redacted, and has no ``repr``.
    """

    _numbers: dict[tuple[str, str], int] = field(default_factory=dict, repr=False)
    _last: dict[str, int] = field(default_factory=dict, repr=False)

    def of(self, span: Span, written: str) -> str:
        """Return the placeholder of a span, such as ``[PERSON_1]``."""
        key = (span.type, span.about or " ".join(written.casefold().split()))
        if key not in self._numbers:
            self._last[span.type] = self._last.get(span.type, 0) + 1
            self._numbers[key] = self._last[span.type]
        return f"[{span.type}_{self._numbers[key]}]"


def personal_in(text: str, known: Known = NOBODY, strangers: bool = True) -> list[Span]:
    """Return the personal data of a text by all passes, without overlaps, in the order of the text.

    Examples
    --------
    >>> [(span.start, span.end, span.type, span.source) for span in personal_in("Hi, ana@mail.example here")]
    [(4, 20, 'EMAIL', 'pattern')]
    """
    found = [*identities_in(text, known), *patterns_in(text)]
    return without_overlaps([*found, *strangers_in(text)] if strangers else found)


def redact(
    text: str, policy: Policy = DEFAULT, known: Known = NOBODY, placeholders: Placeholders | None = None
) -> tuple[str, list[Span]]:
    """Replace personal data by placeholders.

    Parameters
    ----------
    text
        Any text.
    policy
        Which kinds are replaced.
    known
        Who and what is on the ticket's record.
    placeholders
        Those of the ticket so far; without them the numbers start anew.

    Returns
    -------
    tuple
        The text with placeholders, and everything that was found in the original (also what the policy leaves).

    Examples
    --------
    >>> redact("Ana Ruiz, 4111 1111 1111 1111, wrote: Ana here", known=Known(names=("Ana Ruiz",)))[0]
    '[PERSON_1], [CARD_1], wrote: [PERSON_1] here'
    """
    numbers = Placeholders() if placeholders is None else placeholders
    spans = personal_in(text, known, policy.strangers)
    pieces: list[str] = []
    done = 0
    for span in spans:
        if span.type in policy.redacted:
            pieces += [text[done : span.start], numbers.of(span, text[span.start : span.end])]
            done = span.end
    return "".join([*pieces, text[done:]]), spans


def evaluate(run: Run) -> Iterator[Answer]:
    """Answer the lines of ``text eval pii``: ``{"id", "spans", "redacted"}``, spans with their source."""
    for line in run.lines:
        text = line.text()
        redacted, spans = redact(text, known=_known(line))
        yield {"id": line.values.get("id"), "spans": [_shown(span) for span in spans], "redacted": redacted}


def _shown(span: Span) -> Mapping[str, Any]:
    return {"start": span.start, "end": span.end, "type": span.type, "source": span.source, "p": span.p}


def _known(line: Line) -> Known:
    given = line.values.get("known")
    if given is None:
        return NOBODY
    if not isinstance(given, dict):
        line.refuse("known has to be an object")
    return Known(*(_texts(line, name, given.get(name)) for name in _KNOWN))


def _texts(line: Line, name: str, given: object) -> tuple[str, ...]:
    if given is None:
        return ()
    if not isinstance(given, Sequence) or isinstance(given, str) or not all(isinstance(one, str) for one in given):
        line.refuse(f"known.{name} has to be a list of texts")
    return tuple(str(one) for one in given)
