"""How well requirements are read: exact spans and single words, the rules beside the model, by cross-validation."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maitred.base.errors import BadInput
from maitred.insight.requirements import baseline
from maitred.insight.requirements.spans import KINDS, spans_of
from maitred.insight.requirements.tagging import Tagger

Found = set[tuple[str, int, int]]
_FEWEST = 20


@dataclass(frozen=True, slots=True)
class Tagged:
    """A sentence as words with the tags that people gave it."""

    words: tuple[str, ...]
    tags: tuple[str, ...]


def measured(path: Path, folds: int = 10) -> dict[str, Any]:
    """Precision, recall and F1 of the rules and of the model on a file of tagged sentences.

    The model never sees the sentences that it is measured on; the rules learned from none.

    Raises
    ------
    BadInput
        The file holds no tagged sentences, or too few for that many folds.
    """
    rows = sentences(path)
    if folds < 2 or len(rows) < max(folds, _FEWEST):
        raise BadInput(f"{path.name} has {len(rows)} sentences: too few for {folds} folds", "give more, or fewer folds")
    wanted = [spans_of(one.tags) for one in rows]
    told = {"rules": [baseline.tagged(one.words) for one in rows], "model": held_out(rows, folds)}
    readers = {name: scores(wanted, found) for name, found in told.items()}
    words = {f"{name}, by word": scores(_by_word(wanted), _by_word(found)) for name, found in told.items()}
    return {"sentences": len(rows), "folds": folds, "readers": {**readers, **words}}


def held_out(rows: Sequence[Tagged], folds: int) -> list[Found]:
    """What the model says of each sentence after it learned from the other folds; folds go round by number."""
    found: dict[int, Found] = {}
    for fold in range(folds):
        others = [one for place, one in enumerate(rows) if place % folds != fold]
        tagger = Tagger().learn([one.words for one in others], [one.tags for one in others])
        for place in range(fold, len(rows), folds):
            found[place] = tagger.spans(rows[place].words)
    return [found[place] for place in range(len(rows))]


def scores(wanted: Sequence[Found], found: Sequence[Found]) -> dict[str, dict[str, float]]:
    """Precision, recall, F1 and how many there are, by kind and over all kinds.

    Examples
    --------
    >>> scores([{("skill", 0, 2)}], [{("skill", 0, 2), ("skill", 3, 4)}])["all"]
    {'precision': 0.5, 'recall': 1.0, 'f1': 0.6667, 'n': 1}
    """
    made = {}
    for kind in (*KINDS, "all"):
        own = _of_kind(kind)
        there = [{one for one in each if own(one)} for each in wanted]
        said = [{one for one in each if own(one)} for each in found]
        made[kind] = _scores(there, said)
    return made


def sentences(path: Path) -> list[Tagged]:
    """Tagged sentences of a file of JSON Lines with ``words`` and ``tags``."""
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rows = [json.loads(line) for line in raw.decode().splitlines() if line.strip()]
        found = [Tagged(tuple(one["words"]), tuple(one["tags"])) for one in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"{path.name} holds no tagged sentences: {error}", "one object a line, words and tags"
        ) from error
    if any(len(one.words) != len(one.tags) for one in found):
        raise BadInput(f"{path.name} has a sentence with more words than tags, or fewer", "give each word one tag")
    return found


def _of_kind(kind: str) -> Callable[[tuple[str, int, int]], bool]:
    return lambda one: kind in ("all", one[0])


def _scores(wanted: Iterable[Found], found: Iterable[Found]) -> dict[str, float]:
    pairs = list(zip(wanted, found, strict=True))
    hits = sum(len(there & said) for there, said in pairs)
    told, there_are = sum(len(said) for _there, said in pairs), sum(len(there) for there, _said in pairs)
    precision, recall = hits / told if told else 0.0, hits / there_are if there_are else 0.0
    both = 2 * precision * recall / (precision + recall) if hits else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(both, 4), "n": there_are}


def _by_word(rows: Sequence[Found]) -> list[Found]:
    return [{(kind, place, place + 1) for kind, start, end in each for place in range(start, end)} for each in rows]
