"""Tier 2 of the encoders: all-MiniLM-L6-v2, compressed, for English texts; used where somebody has installed it.

Equal texts get equal vectors, whatever else is encoded beside them, before them or on another day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from maitred.base.errors import BadInput
from maitred.insight.text.encoders import Vectors

FILES = ("model.onnx", "tokenizer.json")
LONGEST = 128
"""Tokens of a text that are read."""
DIMENSIONS = 384


class MiniLM:
    """The encoder; ``encode`` has rows of length 1."""

    tier = "minilm"
    dimensions = DIMENSIONS

    def __init__(self, model: bytes, tokenizer: bytes, model_id: str, threads: int = 1) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self.model_id = model_id
        self._session: Any = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._tokenizer: Any = Tokenizer.from_str(tokenizer.decode("utf-8"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return vectors of length 1, one row for each text; a text without words has the zero vector.

        Texts are read one by one: compressed weights scale a whole batch at once, so that a text would get another
        vector in other company (cosine .98 to itself), and vectors that were kept could not be compared with new ones.
        """
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        tokens = self._tokenizer.encode_batch([text.strip() for text in texts])
        seen: dict[tuple[int, ...], int] = {}
        for row, found in enumerate(tokens):
            ids = tuple(found.ids)
            # An empty text is nothing but the two marks around it.
            if len(ids) > 2:
                first = seen.setdefault(ids, row)
                vectors[row] = self._run(ids) if first == row else vectors[first]
        return vectors

    def _run(self, ids: Sequence[int]) -> Vectors:
        row = np.array([ids], dtype=np.int64)
        found: Vectors = self._session.run(["vectors"], {"ids": row, "mask": np.ones_like(row)})[0][0]
        return found


def model_id_of(model: bytes, tokenizer: bytes) -> str:
    """The name by which vectors of this build are kept apart from those of any other."""
    digest = hashlib.sha256(hashlib.sha256(model).digest() + hashlib.sha256(tokenizer).digest())
    return f"minilm-{LONGEST}-{digest.hexdigest()[:16]}"


def installed(models: Path) -> Path | None:
    """The build that was installed last, or none."""
    found = [
        folder for folder in (models / "minilm").glob("minilm-*") if all((folder / name).is_file() for name in FILES)
    ]
    return max(found, key=lambda folder: (_installed_at(folder), folder.name), default=None)


def opened(folder: Path) -> MiniLM:
    """The encoder of an installed build.

    Raises
    ------
    BadInput
        The files are not the ones that were installed.
    """
    model, tokenizer = ((folder / name).read_bytes() for name in FILES)
    if model_id_of(model, tokenizer) != folder.name:
        raise BadInput(f"the model in {folder} is not the one that was installed", "install it again")
    return MiniLM(model, tokenizer, folder.name)


def _installed_at(folder: Path) -> str:
    try:
        return str(json.loads((folder / "installed.json").read_text(encoding="utf-8")).get("installed_at", ""))
    except (OSError, ValueError):
        return ""
