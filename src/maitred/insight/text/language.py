"""Which language somebody wrote in, for whoever routes, reads or searches messages of several languages.

Quoted text, code, addresses and numbers are taken out first. The answer may be restricted to the languages that the
team serves, leans towards the requester's own language where the text is short, and is none where two languages are
about equally likely.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from maitred.base.errors import BadInput
from maitred.insight.text.evaluating import Answer, Run
from maitred.insight.text.zones import own_words

MARGIN = 0.01
"""Probability by which the best language has to lead; below it single words were right less than one time in three."""
LEANING = 5.0
"""How many times likelier the language of the requester is before a word is read."""

_NOISE = re.compile(
    r"```.*?```|`[^`\n]*`|<[A-Za-z/!][^<>]*>|(?:https?://|www\.)\S+|\S+@\S+\.\S+|&#?\w{1,10};|\[\w+_\d+\]"
    r"|[!-~]*[\d_\\{}=/][!-~]*|[^\w\s'’\-]",
    re.DOTALL,
)
_NOISY = re.compile(r"[^\w\s'’\-]|[\d_]")
_LINES = re.compile(r"[\r\n>]|.{400}")
_LETTER = re.compile(r"[^\W\d_]")
_LONGEST = 2000
"""More characters of a text than this say nothing new about its language."""
_OTHER_NAMES = {"nb": "no", "iw": "he", "in": "id", "ji": "yi"}
"""Codes that the model knows by another name."""


@dataclass(frozen=True, slots=True)
class Language:
    """The language of a text; ``code`` is None where the text does not say."""

    code: str | None
    p: float


def language_of(text: str, languages: Sequence[str] | None = None, prior: str | None = None) -> Language:
    """Say which language a text is in.

    Parameters
    ----------
    text
        A message as stored, with its quotes and signatures.
    languages
        ISO 639-1 codes of the languages that it may be in; any by default.
    prior
        The requester's language, from their locale or earlier messages.

    Returns
    -------
    Language
        The code, or none; ``p`` is that of the best language also where none is given.

    Examples
    --------
    >>> language_of("Wo ist mein Paket geblieben?", ["de", "en"]).code
    'de'
    >>> language_of("4711", ["de", "en"])
    Language(code=None, p=0.0)
    """
    return _language_of(text, None if languages is None else tuple(languages), prior)


def evaluate(run: Run) -> Iterator[Answer]:
    """Answer the lines of ``text eval language``: ``{"id", "lang", "p"}``, ``lang`` null where it abstains."""
    languages = _allowed(run.config.get("languages"))
    for line in run.lines:
        found = _language_of(line.text(), languages, line.optional("prior"))
        yield {"id": line.values.get("id"), "lang": found.code, "p": round(found.p, 4)}


def _language_of(text: str, languages: tuple[str, ...] | None, prior: str | None) -> Language:
    words = _said(text)
    if not _LETTER.search(words):
        return Language(None, 0.0)
    ranked = _ranked(words, languages, prior)
    (best, p), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0.0
    return Language(best if p - second >= MARGIN else None, p)


def _said(text: str) -> str:
    """The author's own words without what is in no language."""
    own = own_words(text[: 4 * _LONGEST]) if _LINES.search(text) else text
    plain = _NOISE.sub(" ", own) if _NOISY.search(own) else own
    return " ".join(plain.split())[:_LONGEST]


def _ranked(words: str, languages: tuple[str, ...] | None, prior: str | None) -> list[tuple[str, float]]:
    model, names = _model(languages)
    ranked = [(names.get(code, code), p) for code, p in model.rank(words)]
    leaning = prior.lower().replace("_", "-").partition("-")[0] if prior else None
    if leaning is None or leaning not in (code for code, _ in ranked):
        return ranked
    raised = [(code, p * LEANING if code == leaning else p) for code, p in ranked]
    whole = sum(p for _, p in raised)
    return sorted(((code, p / whole) for code, p in raised), key=lambda one: -one[1])


def _allowed(given: object) -> tuple[str, ...] | None:
    """Languages of the config, in order; the model has to know each of them."""
    if given is None:
        return None
    if not isinstance(given, list) or not given or not all(isinstance(code, str) for code in given):
        raise BadInput("config.languages has to be a list of language codes", 'write them as in ["de", "en"]')
    codes = tuple(str(code).lower() for code in given)
    known = set(_loaded().labels)
    unknown = [code for code in codes if _OTHER_NAMES.get(code, code) not in known]
    if unknown:
        raise BadInput(
            f"no language with the code {', '.join(unknown)} is known", "use ISO 639-1 codes such as de or en"
        )
    return codes


@lru_cache(maxsize=8)
def _model(languages: tuple[str, ...] | None) -> tuple[Any, dict[str, str]]:
    """The model for some languages, and what its own names are called outside."""
    model = _loaded()
    names = {inner: outer for outer, inner in _OTHER_NAMES.items() if languages is None or outer in languages}
    if languages is None:
        return model, names
    # The model restricts itself in place: a shallow copy keeps the others as they are.
    restricted = copy(model)
    restricted.set_languages([_OTHER_NAMES.get(code, code) for code in languages])
    return restricted, names


@lru_cache(maxsize=1)
def _loaded() -> Any:
    from py3langid.langid import LanguageIdentifier

    return LanguageIdentifier.from_model_file("data/model.npz.xz", norm_probs=True)
