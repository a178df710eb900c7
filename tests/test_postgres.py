"""The run on PostgreSQL: which tests, on which server, and what is said where there is none."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests import postgres
from tests.access.cells import KINDS
from tests.house import REPOSITORY


def test_paths_replace_the_usual_parts_and_other_words_do_not() -> None:
    assert postgres.chosen(["-x"]) == ["-n", "2", "-m", "not slow", "-x", *postgres.PARTS]
    assert postgres.chosen(["-n0", "src/maitred/people"]) == ["-m", "not slow", "-n0", "src/maitred/people"]
    assert postgres.chosen(["-m", "slow", "tests"]) == ["-n", "2", "-m", "slow", "tests"]


def test_every_part_is_there() -> None:
    paths = [part.removeprefix("--ignore=").removeprefix("--deselect=").split("::")[0] for part in postgres.PARTS]
    assert [path for path in paths if not (REPOSITORY / path).exists()] == []
    assert set(postgres.OTHERS) < set(KINDS)


def test_without_server_and_programs_one_line_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MAITRED_TEST_DATABASE", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres, "PROGRAMS", tmp_path)
    monkeypatch.setattr(postgres, "USUAL", "postgresql://postgres@127.0.0.1:9/postgres")
    assert postgres.main([]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_the_newest_version_is_taken(tmp_path: Path) -> None:
    for version in ("9.6", "15", "17"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    assert postgres.programs(tmp_path) == tmp_path / "17" / "bin"


@pytest.mark.slow
def test_a_server_of_its_own_answers_and_is_gone_afterwards() -> None:
    try:
        programs = postgres.programs(postgres.PROGRAMS)
    except postgres.NoServer:
        pytest.skip("no PostgreSQL programs here")
    with tempfile.TemporaryDirectory() as made:  # every folder above it can be entered by the server's own user
        folder = Path(made)
        folder.chmod(0o755)
        with postgres.started(programs, folder) as url:
            assert postgres.answers(url)
        assert not postgres.answers(url)
