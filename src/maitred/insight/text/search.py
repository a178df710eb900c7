"""Finds tickets, macros and articles for a question: by its exact words, or by what it is about.

Ids, error codes, quoted phrases and e-mail addresses are looked up as they are written; anything else is compared as a
whole by vectors. The two are not added up: that found less than vectors alone. What the asker may not see, and what the
filter leaves out, is out before anything is ranked. Each hit says why it is one, with the place in its text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from maitred.insight.text.encoders import Encoder
from maitred.insight.text.evaluating import Answer, Line, Run
from maitred.insight.text.zones import own_words

Why = Literal["vector", "lexical", "id"]

_QUOTED = re.compile(r"[\"“”«»„]([^\"“”«»„]{2,200})[\"“”«»„]")
_CODE = re.compile(
    r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+|\b0x[0-9A-Fa-f]{2,}\b|#\d{2,}\b"
    r"|(?<![\w])(?=[A-Za-z0-9_\-]*\d)(?=[A-Za-z0-9_\-]*[A-Z_])[A-Za-z0-9]+(?:[_\-][A-Za-z0-9]+)*(?![\w])"
    r"|(?<![\w])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?![\w])|(?<![\w.,])\d{4,}(?![\w.,]\d)"
)
_SENTENCE = re.compile(r"[^.!?\r\n]+[.!?]*")
_WORD = r"(?u)\b\w+\b"
_KEPT = 200
"""So many of the best by compressed vectors are scored again in floats."""


@dataclass(frozen=True, slots=True)
class Document:
    """Something that can be found; ``fields`` are what a filter may ask for."""

    id: str
    text: str
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found: its score from 0 to 1 within one way of finding, the way, and the place that speaks for it."""

    id: str
    score: float
    why: Why
    span: tuple[int, int]


class Index:
    """Documents ready to be searched with one encoder."""

    def __init__(self, documents: Sequence[Document], encoder: Encoder) -> None:
        self._documents = list(documents)
        self._lower = [document.text.lower() for document in self._documents]
        self._vectors = _Vectors([own_words(document.text) for document in self._documents], encoder)

    def search(self, query: str, where: Mapping[str, object] | None = None, k: int = 10) -> list[Hit]:
        """Return the best ``k`` documents that pass the filter, best first.

        Parameters
        ----------
        query
            What somebody typed.
        where
            Fields and the value, or list of values, that a document has to have.
        k
            How many.
        """
        allowed = [at for at, document in enumerate(self._documents) if not where or _passes(document, where)]
        if not allowed or k < 1:
            return []
        exact = list(self._exact(query, allowed))
        found = sorted(exact, key=lambda hit: (-hit.score, hit.id))[:k]
        if len(found) == k or not query.strip():
            return found
        taken = {hit.id for hit in found}
        # Exact finds come first, whatever their score; vectors fill what is left.
        rest = [at for at in allowed if self._documents[at].id not in taken]
        return found + list(self._near(query, rest, k - len(found)))

    def _exact(self, query: str, allowed: Sequence[int]) -> Iterator[Hit]:
        wanted = [phrase.lower().strip() for phrase in asked_exactly(query)]
        for at in allowed if wanted else ():
            document, lower = self._documents[at], self._lower[at]
            if document.id.lower() in wanted:
                yield Hit(document.id, 1.0, "id", (0, 0))
                continue
            places = [place for phrase in wanted if (place := _place(lower, phrase)) is not None]
            if places:
                yield Hit(document.id, len(places) / len(wanted), "lexical", places[0])

    def _near(self, query: str, allowed: Sequence[int], k: int) -> Iterator[Hit]:
        if not allowed:
            return
        for at, score in self._vectors.best(query, np.array(allowed), k):
            document = self._documents[at]
            yield Hit(document.id, max(0.0, min(1.0, score)), "vector", _nearest_sentence(query, document.text))


class _Vectors:
    """Exact cosine over all rows: compressed first, the best again in floats."""

    def __init__(self, texts: Sequence[str], encoder: Encoder) -> None:
        self._read = _lexical(texts) if encoder.tier == "lexical" else encoder.encode
        self._rows: Any = self._read(texts) if texts else np.zeros((0, 1), dtype=np.float32)
        self._small: npt.NDArray[np.int8] | None = None
        if encoder.tier != "lexical" and len(texts) > 20 * _KEPT:
            self._small = np.clip(np.rint(self._rows * 127 / _peak(self._rows)), -127, 127).astype(np.int8)

    def best(self, query: str, allowed: npt.NDArray[np.int64], k: int) -> list[tuple[int, float]]:
        """Return the ``k`` nearest of the allowed rows with their cosine."""
        asked = self._read([query])
        if self._small is not None and len(allowed) > _KEPT:
            # Scores of the compressed rows only choose whom to look at.
            rough = self._small[allowed].astype(np.float32) @ asked[0]
            allowed = allowed[np.argpartition(-rough, _KEPT - 1)[: max(_KEPT, k)]]
        rows = self._rows[allowed]
        product = rows @ asked.T
        scores = np.asarray(product.todense() if hasattr(product, "todense") else product).ravel()
        order = np.lexsort((allowed, -scores))[:k]
        return [(int(allowed[at]), float(scores[at])) for at in order]


def asked_exactly(query: str) -> list[str]:
    """Return what of a query has to be looked up as it is written: quoted phrases, else codes, ids and addresses.

    Examples
    --------
    >>> asked_exactly('what does "card not working" mean'), asked_exactly("refund for ORD-4711 and ana@mail.example")
    (['card not working'], ['ORD-4711', 'ana@mail.example'])
    >>> asked_exactly("where is my card")
    []
    """
    quoted = _QUOTED.findall(query)
    return quoted or [found[0] for found in _CODE.finditer(query)]


def evaluate(run: Run) -> Iterator[Answer]:
    """Answer the queries of ``text eval search``: ``{"id", "hits": [{"id", "score", "why", "span"}]}``."""
    kinds = [line.one_of("kind", ("doc", "query")) for line in run.lines]
    with run.fitting():
        index = Index(
            [_document(line) for line, kind in zip(run.lines, kinds, strict=True) if kind == "doc"], run.encoder
        )
    for line, kind in zip(run.lines, kinds, strict=True):
        if kind == "query":
            k = line.whole("k") if line.values.get("k") is not None else 10
            hits = index.search(line.text(), _object(line, "where"), k)
            yield {"id": line.values.get("id"), "hits": [_shown(hit) for hit in hits]}


def _document(line: Line) -> Document:
    return Document(line.text("id"), line.text(), _object(line, "fields"))


def _object(line: Line, name: str) -> Mapping[str, object]:
    found = line.values.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        line.refuse(f"{name} has to be an object")
    return found


def _shown(hit: Hit) -> Mapping[str, Any]:
    return {"id": hit.id, "score": round(hit.score, 6), "why": hit.why, "span": list(hit.span)}


def _passes(document: Document, where: Mapping[str, object]) -> bool:
    for name, wanted in where.items():
        if name not in document.fields:
            return False
        found = document.fields[name]
        if found not in (wanted if isinstance(wanted, list) else [wanted]):
            return False
    return True


def _place(lower: str, phrase: str) -> tuple[int, int] | None:
    """Return where a phrase stands as whole words."""
    at = lower.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        if not (lower[at - 1 : at].isalnum() and at) and not lower[end : end + 1].isalnum():
            return at, end
        at = lower.find(phrase, at + 1)
    return None


def _nearest_sentence(query: str, text: str) -> tuple[int, int]:
    """Return the sentence that shares most words with the query; the first where none does."""
    asked = set(re.findall(r"\w{3,}", query.lower()))
    spans = [(found.start(), found.end()) for found in _SENTENCE.finditer(text) if found[0].strip()]
    if not spans:
        return 0, len(text)

    def shared(span: tuple[int, int]) -> float:
        words = set(re.findall(r"\w{3,}", text[span[0] : span[1]].lower()))
        return len(words & asked) / math.sqrt(1 + len(words))

    start, end = max(spans, key=shared)
    return start + len(text[start:end]) - len(text[start:end].lstrip()), end


def _lexical(texts: Sequence[str]) -> Any:
    """Return a reader of texts into sparse rows of length 1, weighted by how rare a word or a piece of one is here."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    shared: dict[str, Any] = {"sublinear_tf": True, "dtype": np.float32}
    words = TfidfVectorizer(token_pattern=_WORD, ngram_range=(1, 2), **shared)
    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), max_features=200_000, **shared)
    parts = []
    for one in (words, pieces):
        try:
            one.fit(texts)
            parts.append(one)
        except ValueError:
            # No document has a word: there is nothing to compare by.
            continue

    def read(some: Sequence[str]) -> Any:
        if not parts:
            return np.zeros((len(some), 1), dtype=np.float32)
        return hstack([part.transform(some) * (0.5**0.5) for part in parts]).tocsr()

    return read


def _peak(rows: npt.NDArray[np.float32]) -> float:
    return float(np.max(np.abs(rows), initial=0.0)) or 1.0
