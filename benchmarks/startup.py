"""How long ``maitred --help`` takes, beside a Python interpreter that does nothing."""

from __future__ import annotations

import subprocess
import sys

import measuring


def figures(size: int) -> measuring.Sheet:
    sheet = measuring.Sheet("startup")
    ours = measuring.repeated(lambda: _run("-m", "maitred", "--help"), 10)
    bare = measuring.repeated(lambda: _run("-c", "pass"), 10)
    sheet.add(
        "startup.help_s",
        ours.median,
        "s",
        goal="<= 0.3",
        peer="python -c pass",
        peer_value=bare.median,
        ratio=ours.median / bare.median,
    )
    sheet.spread["startup.help_s"] = ours.as_json()
    sheet.spread["python"] = bare.as_json()
    return sheet


def _run(*words: str) -> None:
    subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    measuring.main(figures, 0)
