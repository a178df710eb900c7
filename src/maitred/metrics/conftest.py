"""Workspaces that many tests read: imported and published once per session, never written to by a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from maitred.connectors.tests.samples import maitred_shared_data
from maitred.metrics import refresh
from maitred.metrics.clocks.tests.corpora import write_corpus
from maitred.metrics.pipeline import import_and_publish
from maitred.sync import kinds, workspace
from maitred.sync.publications import Publication
from maitred.sync.workspace import Workspace

SOURCE = "fivetran-zendesk"
TICKETS = 60


@dataclass(frozen=True, slots=True)
class Published:
    """An opened workspace with one source, and its publication."""

    workspace: Workspace
    publication: Publication
    folder: Path


def published(home: Path, folder: Path) -> Published:
    """Import a Fivetran-Zendesk folder into a new workspace; the caller closes it."""
    workspace.create(home)
    opened = refresh.open_workspace(home)
    import_and_publish(opened, kinds.fivetran_zendesk(), folder)
    publication = opened.publication()
    assert publication is not None
    return Published(opened, publication, folder)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], Published]]:
    """A random corpus of 60 tickets, by its seed."""
    made: dict[int, Published] = {}
    with ExitStack() as stack:

        def of(seed: int) -> Published:
            if seed not in made:
                folder = tmp_path_factory.mktemp(f"corpus{seed}")
                write_corpus(folder / "tables", seed, TICKETS)
                made[seed] = published(folder / "workspace", folder / "tables")
                stack.enter_context(closing(made[seed].workspace))
            return made[seed]

        yield of


@pytest.fixture(scope="session")
def public_corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """The public corpus; skips where it is missing."""
    folder = maitred_shared_data() / "zendesk_corpus" / "tables"
    if not folder.is_dir():
        pytest.skip("the public corpus is not among the shared test data")
    made = published(tmp_path_factory.mktemp("public") / "workspace", folder)
    with closing(made.workspace):
        yield made
