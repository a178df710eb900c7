"""The Vega libraries as one script for the browser, made from the installed vl-convert when the product is set up.

Run as ``python -m maitred.kit.charts.bundle``. It lies beside the other static files of charts; where those may not be
written, the server keeps one in its workspace.
"""

from __future__ import annotations

import tempfile
from importlib.metadata import version
from pathlib import Path

from maitred.kit.charts.drawing import VEGA_LITE

NAME = "charts/vega.js"
_EXPORTS = "window.vegaEmbed = vegaEmbed;"
PACKAGED = Path(__file__).parent / "static"


def ensure(spare: Path | None = None) -> Path:
    """The folder that holds the script of the installed version, made where it was missing.

    Parameters
    ----------
    spare
        A folder to write to where the package may not be changed.
    """
    folders = [PACKAGED] if spare is None else [PACKAGED, spare]
    for folder in folders:
        if current(folder):
            return folder
    for folder in folders[:-1]:
        try:
            return write(folder)
        except OSError:
            continue
    return write(folders[-1])


def current(folder: Path) -> bool:
    """Whether a folder holds the script of the installed version."""
    try:
        with (folder / NAME).open("rb") as file:
            return file.readline() == _first_line()
    except OSError:
        return False


def write(folder: Path) -> Path:
    """Make the script; it takes a second or two, and is whole or not there."""
    import vl_convert

    place = folder / NAME
    place.parent.mkdir(parents=True, exist_ok=True)
    script = vl_convert.javascript_bundle(_EXPORTS, vl_version=VEGA_LITE).encode()
    with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".vega-", delete=False) as file:
        file.write(_first_line() + script)
    made = Path(file.name)
    made.chmod(0o644)
    made.replace(place)
    return folder


def _first_line() -> bytes:
    return f"/* Vega-Lite {VEGA_LITE} from vl-convert {version('vl-convert-python')} */\n".encode()


if __name__ == "__main__":
    ensure()
