"""The words of the catalogue as arrays, so that a message can be written by picking numbers.

A *piece* is a run of literal bytes, an *atom* is a piece, a choice of pieces or a slot, a *phrase* is a run of atoms
and a *part* is a range of phrases for one language and topic. Everything is compiled once per process.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from maitred.floor.texts import lists, parts, people, personal, slots
from maitred.floor.texts.shared import SHARED
from maitred.floor.texts.topics import TOPICS
from maitred.floor.texts.words import LANGUAGES, Shared, Words

LITERAL, CHOICE, SLOT, ORDER_ONLY = range(4)
"""Kinds of atoms; the last one says up to which atom a phrase is skipped where no order number is given."""


class Grammar(NamedTuple):
    """All words as arrays; what the compiled functions read."""

    blob: NDArray[np.uint8]
    pieces: NDArray[np.int64]
    """Of each piece: first byte, bytes, code points."""
    atoms: NDArray[np.int64]
    """Of each atom: kind, what (piece, slot or next atom), number of choices."""
    phrases: NDArray[np.int64]
    """Of each phrase and one more: first atom, seconds promised."""
    parts: NDArray[np.int64]
    """By language, topic and part: first phrase, number of phrases."""
    lists: NDArray[np.int64]
    """Of each list: first piece, number of pieces."""
    cultures: NDArray[np.int64]
    """Of each culture: first given name, number of given names, first family name, number of family names."""
    plain_shift: int
    """From the piece of a name to the piece of its form in mail addresses."""


@cache
def grammar() -> Grammar:
    """The compiled catalogue."""
    return _Compiler().compile()


_MARK = re.compile(r"\{([a-z_]+)\}|\[([^\]]+)\]|([<>])")


class _Compiler:
    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.known: dict[str, int] = {}
        self.atoms: list[tuple[int, int, int]] = []
        self.phrases: list[tuple[int, int]] = []

    def compile(self) -> Grammar:
        cultures, shift = self._names()
        runs = self._lists()
        places = np.zeros((len(LANGUAGES), len(TOPICS), parts.COUNT, 2), np.int64)
        for language, tongue in enumerate(LANGUAGES):
            self._shared(SHARED[tongue], places[language])
            for topic, words in enumerate(TOPICS):
                self._topic(words.words[tongue], places[language, topic])
        self.phrases.append((len(self.atoms), 0))
        encoded = [piece.encode() for piece in self.pieces]
        sizes = np.array([len(piece) for piece in encoded], np.int64)
        signs = np.array([len(piece) for piece in self.pieces], np.int64)
        return Grammar(
            blob=np.frombuffer(b"".join(encoded), np.uint8),
            pieces=np.stack([np.cumsum(sizes) - sizes, sizes, signs], axis=1),
            atoms=np.array(self.atoms, np.int64),
            phrases=np.array(self.phrases, np.int64),
            parts=places,
            lists=runs,
            cultures=cultures,
            plain_shift=shift,
        )

    def _names(self) -> tuple[NDArray[np.int64], int]:
        split = [(given.split(), family.split()) for given, family in people.CULTURES]
        runs = [(self._run(given), len(given), self._run(family), len(family)) for given, family in split]
        written = [name for culture in split for names in culture for name in names]
        shift = self._run([people.plain(name) for name in written]) - runs[0][0]
        return np.array(runs, np.int64), shift

    def _lists(self) -> NDArray[np.int64]:
        content: dict[int, Sequence[str]] = {
            lists.CARDS: [form for number in personal.TEST_CARDS for form in personal.card_forms(number)],
            lists.IBANS: [form for iban in personal.ibans() for form in (iban, personal.grouped(iban))],
            lists.DOMAINS: personal.DOMAINS,
            lists.AREA_CODES: personal.AREA_CODES,
            lists.PASSWORDS: personal.PASSWORD_WORDS,
            lists.CURRENCIES: ("EUR", "USD", "GBP"),
            lists.STEMS: ("report", "orders", "customers", "plan", "list", "summary", "times", "backup"),
            lists.ENDINGS: (".csv", ".xlsx", ".pdf", ".zip"),
            lists.DATE_JOIN: (" ", ". ", " de ", " "),
            lists.DECIMAL: [SHARED[tongue].decimal for tongue in LANGUAGES],
            lists.COMPANY_FIRST: people.COMPANY_FIRST.split(),
            lists.COMPANY_SECOND: people.COMPANY_SECOND.split(),
            lists.COMPANY_FORM: people.COMPANY_FORM,
        }
        return np.array([(self._run(content[kind]), len(content[kind])) for kind in range(lists.COUNT)], np.int64)

    def _shared(self, words: Shared, places: NDArray[np.int64]) -> None:
        for entry in fields(Shared):
            if entry.name == "decimal":
                continue
            texts, part = getattr(words, entry.name), getattr(parts, entry.name.upper())
            places[:, part] = len(self.phrases), len(texts)
            for text in texts:
                self._phrase(*text) if part == parts.DURATIONS else self._phrase(text)

    def _topic(self, words: Words, places: NDArray[np.int64]) -> None:
        for entry in fields(Words):
            texts = getattr(words, entry.name)
            if texts:
                places[getattr(parts, entry.name.upper())] = len(self.phrases), len(texts)
                for text in texts:
                    self._phrase(text)

    def _phrase(self, text: str, seconds: int = 0) -> None:
        self.phrases.append((len(self.atoms), seconds))
        opened, done = 0, 0
        for found in _MARK.finditer(text):
            self._literal(text[done : found.start()])
            done = found.end()
            filled, choice, bracket = found.groups()
            if filled:
                self.atoms.append((SLOT, getattr(slots, filled.upper()), 0))
            elif choice:
                ways = choice.split("|")
                if "{" in choice:
                    raise ValueError(f"A choice of words holds a slot: {text}")
                self.atoms.append((CHOICE, self._run(ways), len(ways)))
            elif bracket == "<":
                opened = len(self.atoms)
                self.atoms.append((ORDER_ONLY, 0, 0))
            else:
                self.atoms[opened] = (ORDER_ONLY, len(self.atoms), 0)
        self._literal(text[done:])

    def _literal(self, text: str) -> None:
        if text:
            self.atoms.append((LITERAL, self._piece(text), 0))

    def _piece(self, text: str) -> int:
        if text not in self.known:
            self.known[text] = self._run([text])
        return self.known[text]

    def _run(self, texts: Sequence[str]) -> int:
        """Pieces one after another; the number of the first."""
        self.pieces.extend(texts)
        return len(self.pieces) - len(texts)
