"""Charts for paper, mail and slides, drawn by vl-convert; for workers and commands, since it takes much memory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

VEGA_LITE = "6.4"


def svg(spec: Mapping[str, Any]) -> str:
    """A specification as SVG."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(json.dumps(spec), vl_version=VEGA_LITE, allowed_base_urls=[]))


def png(spec: Mapping[str, Any], scale: float) -> bytes:
    """A specification as PNG, so many pixels to each of its own."""
    import vl_convert

    # Fonts without a minus sign make the drawing fall back to any font that has one, in any style; all have the dash.
    plain = json.dumps(spec).replace("\\u2212", "\\u2013")
    return bytes(vl_convert.vegalite_to_png(plain, vl_version=VEGA_LITE, scale=scale, allowed_base_urls=[]))
