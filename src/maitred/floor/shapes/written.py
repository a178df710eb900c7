"""What was written, and what every shape writes in the same way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from maitred.floor.records.register import Register
from maitred.floor.records.steps import Steps, context
from maitred.floor.records.telling import steps

PORTION = 20_000


@dataclass(frozen=True, slots=True)
class Written:
    """Records by stream."""

    counts: dict[str, int]

    @property
    def lines(self) -> int:
        return sum(self.counts.values())


def companion(folder: Path, as_of: str, bots: Sequence[str]) -> None:
    """``import.toml`` beside the files: until when they speak, and which users are bots."""
    listed = ", ".join(f'"{bot}"' for bot in bots)
    text = f'as_of = "{as_of}"\n\n[actors]\nbots = [{listed}]\n'
    (folder / "import.toml").write_text(text, encoding="utf-8")


def portions(there: Register, size: int = PORTION) -> Iterator[Steps]:
    """The steps of all visible tickets, some tickets at a time."""
    shared = context(there)
    for first in range(0, len(there), size):
        yield steps(shared, first, min(first + size, len(there)))
