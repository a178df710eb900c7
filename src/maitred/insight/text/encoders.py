"""Texts as vectors: one interface for every tier, so that who uses them need not know which model is installed.

Tier 0 (``lexical``) needs no model. Tier 2 (``minilm``) reads a model that somebody installed. Vectors of two model ids
are never compared; ``model_id`` says which made them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Protocol, cast, get_args

import numpy as np
import numpy.typing as npt

from maitred.base.errors import NotFound, UsageError

Vectors = npt.NDArray[np.float32]
Choice = Literal["auto", "lexical", "static", "minilm", "endpoint"]
CHOICES: tuple[Choice, ...] = get_args(Choice)
_INSTALLED = {"minilm": "maitred.insight.text.minilm"}
"""Tiers that read an installed model: a module with ``installed(models)``, a path or none, and ``opened(path)``."""
_WORD = r"(?u)\b\w+\b"


class Encoder(Protocol):
    """What turns texts into vectors."""

    @property
    def tier(self) -> str:
        """Its name in ``CHOICES``."""
        ...

    @property
    def model_id(self) -> str:
        """Name and hashes of weights, tokenizer and truncation: equal ids make equal vectors."""
        ...

    @property
    def dimensions(self) -> int:
        """Numbers in a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of length 1, one row for each text; a text without words has the zero vector."""
        ...


@dataclass(frozen=True, slots=True)
class Lexical:
    """Tier 0: words and pieces of words, hashed; the same text has the same vector everywhere and always."""

    tier: str = "lexical"
    dimensions: int = 4096
    model_id: str = field(default="lexical-hash-4096-w12-c25-v1")

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of length 1, one row for each text."""
        from scipy.sparse import hstack
        from sklearn.feature_extraction.text import HashingVectorizer
        from sklearn.preprocessing import normalize

        shared: dict[str, Any] = {"norm": "l2", "dtype": np.float32, "lowercase": True}
        half = self.dimensions // 2
        words = HashingVectorizer(n_features=half, ngram_range=(1, 2), token_pattern=_WORD, **shared)
        pieces = HashingVectorizer(n_features=half, analyzer="char_wb", ngram_range=(2, 5), **shared)
        joined = hstack([words.transform(texts), pieces.transform(texts)]).toarray()
        return cast(Vectors, normalize(joined).astype(np.float32))


@dataclass(slots=True)
class Remembering:
    """An encoder that encodes each text once; for work that asks for the same texts many times."""

    encoder: Encoder
    known: dict[str, Vectors] = field(default_factory=dict)

    @property
    def tier(self) -> str:
        """As of the encoder behind."""
        return self.encoder.tier

    @property
    def model_id(self) -> str:
        """As of the encoder behind."""
        return self.encoder.model_id

    @property
    def dimensions(self) -> int:
        """As of the encoder behind."""
        return self.encoder.dimensions

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of length 1, one row for each text."""
        new = sorted({*texts} - self.known.keys())
        if new:
            self.known.update(zip(new, self.encoder.encode(new), strict=True))
        return np.vstack([self.known[one] for one in texts]) if texts else self.encoder.encode([])


def encoder(choice: str, models: Path) -> Encoder:
    """The encoder of a tier; ``auto`` is the best that is installed.

    Parameters
    ----------
    choice
        One of ``CHOICES``.
    models
        Folder of installed models.

    Raises
    ------
    UsageError
        There is no such tier.
    NotFound
        The tier is not installed here.
    """
    if choice not in CHOICES:
        raise UsageError(f"there is no encoder {choice}", f"use one of {', '.join(CHOICES)}")
    if choice == "lexical":
        return Lexical()
    if choice == "auto":
        return next((found for name in _INSTALLED if (found := _opened(name, models))), Lexical())
    found = _opened(choice, models) if choice in _INSTALLED else None
    if found is None:
        remedy = f"run `maitred models install {choice}`" if choice in _INSTALLED else "use auto, lexical or minilm"
        raise NotFound(f"the encoder {choice} is not installed", remedy)
    return found


def content_hash(text: str) -> str:
    """What a vector is stored by, beside the model's id."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _opened(name: str, models: Path) -> Encoder | None:
    try:
        tier = import_module(_INSTALLED[name])
    except ModuleNotFoundError as error:
        if error.name != _INSTALLED[name]:
            raise
        return None
    folder = tier.installed(models)
    return None if folder is None else cast(Encoder, tier.opened(folder))
