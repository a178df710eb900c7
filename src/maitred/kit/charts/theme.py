"""The colours of charts in light and dark, and how they are put into a specification.

Charts are built with named colours; ``paint`` replaces the names, so that one chart serves both themes and paper.
"""

from __future__ import annotations

from typing import Any, Literal

Theme = Literal["light", "dark"]
FONT = 'Inter, "Noto Sans", system-ui, sans-serif'
SERIES = 8

TOKENS: dict[Theme, dict[str, str]] = {
    "light": {
        "surface": "#ffffff", "sunken": "#eef0f5", "ink": "#1d2433", "muted": "#4a5368", "accent": "#2f5bd8",
        "on_accent": "#ffffff", "line": "#dfe3ec", "control": "#767f95", "grid": "#e6e9f0", "limit": "#717b91",
        "out": "#c0341d", "ok": "#0b6b52", "warn": "#8a5300", "band": "#e9eefc", "quiet": "#7590de", "faint": "#e3eafc",
        "c0": "#2f5bd8", "c1": "#b8600a", "c2": "#0b7a5e", "c3": "#9a3f98",
        "c4": "#6b7287", "c5": "#1f6f8b", "c6": "#8a5a44", "c7": "#4f5d2f",
    },
    "dark": {
        "surface": "#181d29", "sunken": "#0c1018", "ink": "#e7eaf1", "muted": "#aab2c5", "accent": "#8fb0ff",
        "on_accent": "#0c1018", "line": "#2b3244", "control": "#6f7a93", "grid": "#2b3244", "limit": "#8a93a8",
        "out": "#ff8a7a", "ok": "#5cc8a8", "warn": "#f2b56a", "band": "#1f2840", "quiet": "#5a6fa8", "faint": "#222d4a",
        "c0": "#7aa2ff", "c1": "#f2a65a", "c2": "#5cc8a8", "c3": "#d78bd6",
        "c4": "#98a2b8", "c5": "#6cc3dc", "c6": "#d3a28b", "c7": "#b3c27a",
    },
}  # fmt: skip


class Colour(str):
    """The name of a colour; a type of its own, so that no text of a user is ever taken for one."""

    __slots__ = ()


def colour(name: str) -> Colour:
    """A named colour of the theme."""
    if name not in TOKENS["light"]:
        raise KeyError(name)
    return Colour(name)


def series(index: int) -> Colour:
    """The colour of the n-th series."""
    return colour(f"c{index % SERIES}")


def paint(spec: Any, theme: Theme) -> Any:
    """A copy of a specification with the theme's colours in place of their names."""
    if isinstance(spec, Colour):
        return TOKENS[theme][spec]
    if isinstance(spec, dict):
        return {key: paint(value, theme) for key, value in spec.items()}
    if isinstance(spec, (list, tuple)):
        return [paint(value, theme) for value in spec]
    return spec


def config() -> dict[str, Any]:
    """The look that all charts share."""
    quiet = {"labelColor": colour("muted"), "labelFontSize": 12, "labelFont": FONT, "labelPadding": 8, "title": None,
             "domain": False, "ticks": False, "gridColor": colour("grid"), "labelLimit": 150}  # fmt: skip
    return {
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": None},
        "axis": quiet,
        "axisX": {"grid": False, "labelOverlap": "greedy", "labelSeparation": 8, "labelFlush": False},
        "axisY": {"grid": True},
        "title": {
            "anchor": "start", "frame": "bounds", "color": colour("muted"), "fontSize": 12.5, "fontWeight": "normal",
            "font": FONT, "offset": 14, "limit": 600,
        },
        "legend": {
            "labelColor": colour("muted"), "labelFontSize": 12, "labelFont": FONT, "title": None, "orient": "top",
            "direction": "horizontal", "symbolType": "square", "symbolStrokeWidth": 0, "labelLimit": 180,
            "columnPadding": 16, "offset": 8,
        },
        "text": {"font": FONT, "fontSize": 12, "color": colour("muted")},
        "rule": {"color": colour("limit")},
    }  # fmt: skip
