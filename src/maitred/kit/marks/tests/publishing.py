"""A generated log, imported and published in a workspace of its own."""

from __future__ import annotations

from pathlib import Path


def publish(folder: Path, home: Path, tickets: int) -> None:
    """Write a log of so many tickets and publish it as the source ``demo``."""
    from maitred.floor.log import write_log
    from maitred.kit.secrets.keyring import Keyring
    from maitred.metrics.pipeline import import_and_publish
    from maitred.metrics.refresh import open_workspace
    from maitred.sync.kinds import KINDS
    from maitred.sync.workspace import create

    folder.mkdir(exist_ok=True)
    write_log(folder, tickets, 1)
    create(home)
    workspace = open_workspace(home)
    import_and_publish(workspace, KINDS["fivetran-zendesk"](), folder, name="demo")
    workspace.close()
    Keyring(home / "keys").create()
