"""Texts shared by the processes of a server: made once, whole or not at all, never more than there is room for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from maitred.kit.reading import texts

KEY = ("page", {"b": 1, "a": frozenset({"x", "y", "z"})}, (1, None, True))


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    texts.forget()
    yield
    texts.forget()


def never() -> str:
    raise AssertionError("it was made again")


def test_what_one_process_made_another_one_reads(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from maitred.kit.reading import texts;"
        "key = ('page', {'a': frozenset({'z', 'x', 'y'}), 'b': 1}, (1, None, True));"
        "print(texts.kept(key, lambda: 'grüße', folder=Path(sys.argv[1])))"
    )
    for seed in ("1", "2"):  # sets are written down in another order under another seed
        env = {**os.environ, "PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "maitred.site.settings"}
        subprocess.run([sys.executable, "-c", script, str(tmp_path)], env=env, check=True, capture_output=True)
    assert len([*tmp_path.iterdir()]) == 1
    assert texts.kept(KEY, never, folder=tmp_path) == "grüße"


def test_another_key_has_a_text_of_its_own(tmp_path: Path) -> None:
    for place, key in enumerate((("a", 1), ("a", "1"), (("a",), 1), ("a", 1, frozenset()), ("a", frozenset({1})))):
        assert texts.kept(key, lambda place=place: str(place), folder=tmp_path) == str(place)  # type: ignore[misc]


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 400])
def test_a_damaged_file_is_made_anew(damage: bytes, tmp_path: Path) -> None:
    texts.kept(KEY, lambda: "right", folder=tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage)
    texts.forget()
    assert texts.kept(KEY, lambda: "right", folder=tmp_path) == "right"
    texts.forget()
    assert texts.kept(KEY, never, folder=tmp_path) == "right"


def test_a_file_cut_in_the_middle_is_made_anew(tmp_path: Path) -> None:
    texts.kept(KEY, lambda: "right " * 500, folder=tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-3])
    texts.forget()
    assert texts.kept(KEY, lambda: "again", folder=tmp_path) == "again"


def test_what_a_killed_process_left_half_written_is_no_answer(tmp_path: Path) -> None:
    texts.kept(KEY, lambda: "right", folder=tmp_path)
    (file,) = tmp_path.iterdir()
    file.rename(tmp_path / f".{file.name}-0badcafe")
    texts.forget()
    assert texts.kept(KEY, lambda: "made now", folder=tmp_path) == "made now"


def test_a_folder_that_is_gone_costs_no_answer(tmp_path: Path) -> None:
    assert texts.kept(KEY, lambda: "still", folder=tmp_path / "gone") == "still"


def test_only_its_owner_may_read_a_file(tmp_path: Path) -> None:
    texts.kept(KEY, lambda: "right", folder=tmp_path)
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_the_longest_unused_files_go_first(tmp_path: Path) -> None:
    for place in range(4):
        texts.kept(("n", place), lambda: "x", folder=tmp_path)
    files = sorted(tmp_path.iterdir())
    for place, file in enumerate(files):
        os.utime(file, ns=(place, place))
    texts.tidy(tmp_path, most=2 * files[0].stat().st_size)
    assert sorted(tmp_path.iterdir()) == files[2:]


def test_a_failure_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        texts.kept(KEY, never, folder=tmp_path)
    assert texts.kept(KEY, lambda: "now", folder=tmp_path) == "now"
