"""Labelled steps at which a test may end the process, as power loss would: ``MAITRED_FAULT=<label>:<n>``.

Outside tests the variable is unset and a step costs one look at a module constant.
"""

from __future__ import annotations

import os

_LABEL, _, _COUNT = os.environ.get("MAITRED_FAULT", "").partition(":")
_left = int(_COUNT or 1)


def step(label: str) -> None:
    """Pass a labelled step; the n-th passing of the chosen label ends the process at once."""
    global _left
    if not _LABEL or label != _LABEL:
        return
    _left -= 1
    if _left <= 0:
        os._exit(137)
