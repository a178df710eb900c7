"""Six things that one can see in an agent's message and quote: what empathy looks like in writing.

For reviewers, as a suggestion that they confirm or refuse. Each behaviour is present, absent or not called for, with
the words that show it. They are never summed into a score, never a ranking, and say nothing of a person's mood or
character. The patterns are data (``behaviours.toml``), for English; what somebody is called plays no part.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, cast

from maitred.insight.text.zones import own_words

Behaviour = Literal[
    "names_feeling", "restates_problem", "apologises_once", "owns_next_step", "gives_time", "asks_open_question"
]
BEHAVIOURS: tuple[Behaviour, ...] = (
    "names_feeling",
    "restates_problem",
    "apologises_once",
    "owns_next_step",
    "gives_time",
    "asks_open_question",
)
Verdict = Literal["present", "absent", "not_called_for"]

HABIT = 0.30
"""A sentence in more than this share of an agent's messages is boilerplate."""
_KNOWN_HABIT = 5
"""Messages of an agent from which habits are told."""
_APOLOGIES = 2
"""Apologies in a conversation after which another counts against."""
_LONGEST = 20_000
_SHORT = 200
"""Characters of a message that may be thanks and no more."""
_SENTENCE = re.compile(r"[^.!?\r\n]+(?:[.!?]+(?![\w])|(?=[\r\n])|\Z)|[^.!?\r\n]+[.!?]+")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_CALLED = re.compile(r"\b(?i:my name is|this is|hi|hello|hey|dear|thanks|regards)[ ,]+([A-Z][\w'’-]+)")
_MASK = re.compile(r"Xx*")
_EMPTY = frozenset(
    """
    about account after again also always answer anything because been before being cannot check could customer days
    dear does doing done each even every find from give going good have hello help here into issue just know like look
    made make many message more most much must need never only order other over please problem question really right
    said same send service should since some something still sure support team thank thanks that their them then there
    these they thing this time today under very want week well were what when where which while will with without would
    write your yours yourself contact contacted contacting reaching sorry apologise apologize inconvenience patience
    mentioned understand received receive getting
    """.split()
)


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier message of the conversation, as stored."""

    role: Literal["customer", "agent"]
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a message, ``[start, end)`` in code points of the text as stored."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found of one behaviour.

    Attributes
    ----------
    behaviour, verdict
        Which of the six, and whether it is present, absent or not called for.
    spans
        The words that show it, or that count against it.
    why
        ``boilerplate`` or ``third_apology`` where words were found that do not count; else empty.
    model_id
        Which edition of the patterns.
    """

    behaviour: Behaviour
    verdict: Verdict
    spans: tuple[Span, ...] = ()
    why: str = ""
    model_id: str = field(default_factory=lambda: model_id())


@dataclass(frozen=True, slots=True)
class _Case:
    """A message with what is known around it."""

    sentences: tuple[Span, ...]
    customer: str
    latest: str
    apologies: int
    habits: frozenset[str]
    specifics: frozenset[str]


def behaviours(
    text: str, before: Sequence[Turn] = (), history: Sequence[str] = (), names: Sequence[str] = (), subject: str = ""
) -> list[Seen]:
    """What an agent's message shows of the six behaviours.

    Parameters
    ----------
    text
        The message as stored.
    before
        Earlier messages of the conversation that the customer can see, oldest first; never later ones.
    history
        Other messages of the same agent, from which boilerplate is told.
    names
        Names of people in the conversation: they are no specifics of a case.
    subject
        The ticket's subject: copying it restates nothing.

    Examples
    --------
    >>> [one.spans[0].text for one in behaviours("I will check it by Friday.") if one.spans]
    ['I will check it by Friday', 'by Friday']
    """
    case = _case(text, before, history, names, subject)
    return [_quoted(text, _LOOKED[one](case)) for one in BEHAVIOURS]


def states_trouble(text: str) -> bool:
    """Whether a customer states a trouble or a feeling."""
    return _has("customer", "trouble", text[:_LONGEST])


def model_id() -> str:
    """Which edition of the patterns speaks."""
    return f"behaviours-{hashlib.sha256(_source()).hexdigest()[:12]}"


def _quoted(text: str, seen: Seen) -> Seen:
    """The spans in the words of the text as stored."""
    return replace(seen, spans=tuple(Span(one.start, one.end, text[one.start : one.end]) for one in seen.spans))


def _case(text: str, before: Sequence[Turn], history: Sequence[str], names: Sequence[str], subject: str) -> _Case:
    turns = [Turn(one.role, _own(one.text[:_LONGEST])) for one in before]
    own = _own(text[:_LONGEST])
    called = {word for each in (*(one.text for one in turns), text[:_LONGEST]) for word in _CALLED.findall(each)}
    masked = _masking({*called, *(word for name in names for word in name.split())})
    own, turns = masked(own), [Turn(one.role, masked(one.text)) for one in turns]
    since = max((at for at, one in enumerate(turns) if one.role == "agent"), default=-1) + 1
    said = " \n".join(one.text for one in turns if one.role == "customer")
    latest = " \n".join(one.text for one in turns[since:] if one.role == "customer")
    earlier = [one.text for one in turns if one.role == "agent"]
    apologies = sum(any(_found("apologises_once", "any", one.text) for one in _sentences(each)) for each in earlier)
    specifics = frozenset(_specific(said) - _specific(subject))
    return _Case(tuple(_sentences(own)), said, latest, apologies, _habits(tuple(history)), specifics)


def _masking(names: Iterable[str]) -> Callable[[str], str]:
    """What makes all names alike, letter for letter; a word that begins a sentence may be no name ("Will you")."""
    listed = "|".join(re.escape(one) for one in sorted(names, key=len, reverse=True) if one[:1].isupper())
    if not listed:
        return str
    found = re.compile(rf"\b(?:{listed})\b")

    def masked(text: str) -> str:
        return found.sub(lambda hit: _mask(text, hit), text)

    return masked


def _mask(text: str, hit: re.Match[str]) -> str:
    opens = not re.search(r"[^\s.!?]\s*$", text[max(0, hit.start() - 40) : hit.start()].split("\n")[-1])
    spoken = re.match(r"\s+[a-z]", text[hit.end() : hit.end() + 5])
    return hit.group() if opens and spoken else "X" + "x" * (len(hit.group()) - 1)


def _sentences(text: str) -> Iterator[Span]:
    for found in _SENTENCE.finditer(text):
        told = found.group()
        start = found.start() + len(told) - len(told.lstrip())
        end = found.start() + len(told.rstrip())
        if start < end:
            yield Span(start, end, text[start:end])


@lru_cache(maxsize=1024)
def _own(text: str) -> str:
    """The own words of a message; each is before many others of its conversation."""
    return own_words(text)


@lru_cache(maxsize=256)
def _habits(history: tuple[str, ...]) -> frozenset[str]:
    """Sentences that stand in too many messages of somebody to be said to a person."""
    if len(history) < _KNOWN_HABIT:
        return frozenset()
    counted = Counter(
        one for text in history for one in {_bare(each.text) for each in _sentences(own_words(text[:_LONGEST]))}
    )
    return frozenset(one for one, times in counted.items() if times > HABIT * len(history))


def _bare(sentence: str) -> str:
    """A sentence without its names and numbers: the same words are the same habit."""
    words = [one for one in _WORD.findall(sentence) if not one[0].isdigit()]
    return " ".join(
        one.lower()
        for at, one in enumerate(words)
        if one[0].islower() or one == "I" or (at == 0 and not _MASK.fullmatch(one))
    )


def _specific(text: str) -> set[str]:
    """Words and numbers that belong to a case: long ones that are not everybody's."""
    found = set()
    for word in (one.lower() for one in _WORD.findall(text) if not _MASK.fullmatch(one)):
        if any(one.isdigit() for one in word):
            found.add(word)
        elif len(word) > 3 and word not in _EMPTY:
            found.add(_stem(word))
    return found


def _stem(word: str) -> str:
    for ending in ("ing", "ied", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 3:
            return word[: -len(ending)]
    return word


def _names_feeling(case: _Case) -> Seen:
    spans = _spans(case, "names_feeling")
    usual = [one for one in spans if _bare(_around(case, one)) in case.habits]
    if spans and len(usual) == len(spans):
        return Seen("names_feeling", "absent", tuple(usual), "boilerplate")
    own = tuple(one for one in spans if one not in usual)
    return _judged("names_feeling", own, _has("customer", "trouble", case.customer))


def _restates_problem(case: _Case) -> Seen:
    spans = [one for one in _spans(case, "restates_problem") if _is_specific(one.text, case.specifics)]
    words = len(_specific(case.latest))
    return _judged("restates_problem", tuple(spans), words > 1 and not _is_done(case))


def _is_specific(text: str, specifics: frozenset[str]) -> bool:
    """A number of the case, or two of its words."""
    shared = _specific(text) & specifics
    return any(any(one.isdigit() for one in word) for word in shared) or len(shared) > 1


def _apologises_once(case: _Case) -> Seen:
    spans = _spans(case, "apologises_once")
    if case.apologies >= _APOLOGIES and any(_found("apologises_once", "any", one.text) for one in case.sentences):
        against = spans or [one for one in case.sentences if _found("apologises_once", "any", one.text)]
        return Seen("apologises_once", "absent", tuple(against), "third_apology")
    called = _has("customer", "trouble", case.customer) and not case.apologies and not _is_done(case)
    return _judged("apologises_once", tuple(spans), called)


def _owns_next_step(case: _Case) -> Seen:
    return _judged("owns_next_step", tuple(_spans(case, "owns_next_step")), not _is_settled(case))


def _gives_time(case: _Case) -> Seen:
    spans = [one for one in _spans(case, "gives_time") if _found("gives_time", "ahead", _around(case, one))]
    promised = any(_found("agent", "promise", one.text) for one in case.sentences)
    return _judged("gives_time", tuple(spans), promised and not _is_settled(case))


def _asks_open_question(case: _Case) -> Seen:
    needed = any(_found("agent", "missing", one.text) for one in case.sentences) and not _is_settled(case)
    return _judged("asks_open_question", tuple(_spans(case, "asks_open_question")), needed)


_LOOKED: Mapping[Behaviour, Callable[[_Case], Seen]] = {
    "names_feeling": _names_feeling,
    "restates_problem": _restates_problem,
    "apologises_once": _apologises_once,
    "owns_next_step": _owns_next_step,
    "gives_time": _gives_time,
    "asks_open_question": _asks_open_question,
}


def _judged(behaviour: Behaviour, spans: tuple[Span, ...], called: bool) -> Seen:
    if spans:
        return Seen(behaviour, "present", spans)
    return Seen(behaviour, "absent" if called else "not_called_for")


def _is_done(case: _Case) -> bool:
    """Whether the customer only says thanks."""
    told = " ".join(case.latest.split())
    return 0 < len(told) <= _SHORT and _has("customer", "done", told)


def _is_settled(case: _Case) -> bool:
    """Whether nothing is left to be done after this message."""
    return _is_done(case) or any(_found("agent", "solved", one.text) for one in case.sentences)


def _around(case: _Case, span: Span) -> str:
    return next(one.text for one in case.sentences if one.start <= span.start and span.end <= one.end)


def _spans(case: _Case, behaviour: Behaviour) -> list[Span]:
    """The first words of each sentence that show a behaviour."""
    found = []
    for one in case.sentences:
        hit = _found(behaviour, "present", one.text)
        if hit and not _found(behaviour, "never", one.text):
            found.append(Span(one.start + hit.start(), one.start + hit.end(), hit.group()))
    return found


def _has(group: str, name: str, text: str) -> bool:
    return _found(group, name, text) is not None


def _found(group: str, name: str, text: str) -> re.Match[str] | None:
    """The longest of the first hits of a list of patterns."""
    hits: Iterable[re.Match[str] | None] = (one.search(text) for one in _patterns()[group][name])
    return max((one for one in hits if one), key=lambda hit: hit.end() - hit.start(), default=None)


@cache
def _source() -> bytes:
    return Path(__file__).with_suffix(".toml").read_bytes()


@cache
def _patterns() -> dict[str, dict[str, list[re.Pattern[str]]]]:
    read = tomllib.loads(_source().decode("utf-8"))
    parts = cast("dict[str, str]", read.pop("parts"))
    return {
        group: {name: [re.compile(_filled(one, parts), re.IGNORECASE) for one in listed] for name, listed in of.items()}
        for group, of in read.items()
    }


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    for _ in range(2):
        for name, part in parts.items():
            pattern = pattern.replace(f"{{{name}}}", part)
    return pattern
