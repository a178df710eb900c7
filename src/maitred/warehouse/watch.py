"""What a store knows of the writer it works for, so that two writers' versions of a table never mix unseen.

A commit to a table's log cannot be made part of the ledger's transaction. So every commit carries its writer's stamp,
and before a publication the versions since the last one are read back: one by anybody else stops the publication.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from maitred.base.errors import LeaseLost
from maitred.warehouse import history


@dataclass(frozen=True, slots=True)
class Watch:
    """The present writer.

    Attributes
    ----------
    stamp
        Marks its commits.
    guard
        Raises where it is no longer the writer.
    base
        The version of each table from which on all changes have to be its own.
    """

    stamp: str
    guard: Callable[[], None]
    base: dict[str, int] = field(default_factory=dict)


def new_files(root: Path, name: str, version: int, watch: Watch) -> list[history.Stored]:
    """The files that the writer added to a table and that are live at a version.

    Raises
    ------
    LeaseLost
        Somebody else changed the table meanwhile.
    """
    added: dict[str, history.Stored] = {}
    for commit in history.commits(root / name / "_delta_log", watch.base.get(name, 0), version):
        if commit.writer != watch.stamp and (commit.added or commit.removed):
            raise LeaseLost(
                f"another process changed table {name} (version {commit.version}) while this one was writing",
                "run the command again; nothing of this run is shown",
            )
        for path in commit.removed:
            added.pop(path, None)
        added.update((file.path, file) for file in commit.added)
    return list(added.values())
