"""Readers beside a writer, and two writers at once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from maitred.base.errors import LeaseHeld
from maitred.metrics.refresh import open_workspace
from maitred.sync.tests.conftest import Story
from maitred.sync.tests.support import command, environment, exports, import_here, run_child

READER = """
import json, sys
from pathlib import Path
import pyarrow.compute as pc
from maitred.metrics.refresh import open_workspace
home, stop = Path(sys.argv[1]), Path(sys.argv[2])
seen, rounds = set(), 0
while not stop.exists() or rounds == 0:
    workspace = open_workspace(home)
    publication = workspace.publication()
    for name, rows in publication.rows.items():
        found = sum(part.num_rows for part in workspace.store.batches(name, publication.tables[name]))
        assert found == rows, (publication.number, name, found, rows)
    facts = workspace.store.scan("ticket_facts", publication.tables["ticket_facts"], ["ticket_key"])
    tickets = workspace.store.scan("tickets", publication.tables["tickets"], ["ticket_key"])
    assert set(facts["ticket_key"].to_pylist()) == set(tickets["ticket_key"].to_pylist())
    seen.add(publication.number)
    rounds += 1
    workspace.close()
print(json.dumps({"seen": sorted(seen), "rounds": rounds}))
"""


@pytest.mark.slow
def test_a_reader_beside_imports_always_sees_one_whole_publication(story: Story, tmp_path: Path) -> None:
    home, stop = tmp_path / "home", tmp_path / "stop"
    shutil.copytree(story.home, home)
    arguments = [sys.executable, "-c", READER, str(home), str(stop)]
    with subprocess.Popen(
        arguments, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as reader:
        time.sleep(1.5)
        log = story.second.copy()
        for number in range(6):
            import_here(home, log.write(tmp_path / str(number)))
            log.tables["ticket_comment"][number]["body"] = f"Changed in round {number}"
        stop.touch()
        out, err = reader.communicate(timeout=60)
    assert reader.returncode == 0, err
    told = json.loads(out)
    assert len(told["seen"]) > 1
    assert told["rounds"] > len(told["seen"])


@pytest.mark.slow
def test_a_second_import_waits_for_the_first(story: Story, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(story.home, home)
    workspace = open_workspace(home)
    with workspace.writing("import of zendesk"):
        second = subprocess.Popen(
            command("import", "fivetran-zendesk", story.after), env=environment(home), stdout=subprocess.DEVNULL
        )
        time.sleep(2)
        assert second.poll() is None
    workspace.close()
    assert second.wait(60) == 0
    assert exports(home) == story.new


@pytest.mark.slow
def test_a_second_import_that_may_not_wait_says_who_holds_the_workspace(story: Story, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(story.home, home)
    workspace = open_workspace(home)
    with workspace.writing("import of zendesk"):
        done = run_child(home, "import", "fivetran-zendesk", story.after, "--wait", "1", "--json")
    workspace.close()
    assert done.returncode == 1
    assert "import of zendesk (process" in done.stderr
    assert done.stderr.count("\n") == 1
    assert json.loads(done.stdout)["error"]["type"].endswith("lease-held")


def test_readers_do_not_wait_for_a_writer(story: Story, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(story.home, home)
    workspace = open_workspace(home)
    with workspace.writing("import of zendesk"):
        assert exports(home) == story.old
        with pytest.raises(LeaseHeld, match="import of zendesk"):
            import_here(home, story.after, wait=0)
    workspace.close()
