"""What was written: lines by file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from maitred.floor.records import settings
from maitred.floor.records.register import Register


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


__all__ = ["Register", "Written", "companion", "settings"]
