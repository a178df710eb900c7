"""What whole-house tests share: where things lie, and the command line run in this process as a person would run it."""

from __future__ import annotations

import csv
import io
import json
import os
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

REPOSITORY = Path(__file__).resolve().parents[1]
SOURCE = REPOSITORY / "src" / "maitred"


def maitred_shared_data() -> Path:
    """The folder of public data that is not part of the repository."""
    named = os.environ.get("MAITRED_SHARED_DATA")
    return Path(named) if named else REPOSITORY.parent / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class House:
    """A workspace and the command line over it."""

    home: Path

    def run(self, *words: str) -> Answer:
        """Run one command with the repository as the current folder."""
        from maitred.surfaces.cli.run import run

        out, err = io.StringIO(), io.StringIO()
        before = Path.cwd()
        os.chdir(REPOSITORY)
        try:
            with (
                patch.dict(os.environ, {"MAITRED_HOME": str(self.home)}),
                redirect_stdout(out),
                redirect_stderr(err),
            ):
                code = run(list(words))
        finally:
            os.chdir(before)
        return Answer(code, out.getvalue(), err.getvalue())

    def ask(self, *words: str) -> Any:
        """Run one command with ``--json`` and read its document; it must succeed."""
        answer = self.run(*words, "--json")
        assert answer.code == 0, answer.err
        return json.loads(answer.out)

    def exported(self, table: str, *words: str) -> list[dict[str, str]]:
        """The rows of ``export TABLE`` as text cells."""
        file = self.home.parent / f"{table}.csv"
        self.ask("export", table, "--to", str(file), *words)
        return rows_of(file)


def rows_of(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV file as text cells."""
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))
