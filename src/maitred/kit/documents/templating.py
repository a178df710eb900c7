"""Templates of letters and pages: everything that is put in is escaped, except what is marked as our own here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils.safestring import SafeString, mark_safe

TEMPLATES = Path(__file__).parent / "templates"


def filled(name: str, values: Mapping[str, Any]) -> str:
    """A template with its values, all of them escaped."""
    return str(_engine().get_template(name).render(Context(dict(values))))


def with_cells(block: dict[str, Any], rows: list[list[str]]) -> dict[str, Any]:
    """A table with each cell beside its alignment, as a template can walk it."""
    numeric = block["numeric"]
    return {
        **block,
        "heads": [{"text": t, "numeric": n} for t, n in zip(block["columns"], numeric, strict=True)],
        "cells": [[{"text": t, "numeric": n} for t, n in zip(row, numeric, strict=True)] for row in rows],
    }


@cache
def style(name: str) -> SafeString:
    """One of our style sheets."""
    return mark_safe((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S308  (our own file)


@cache
def _engine() -> Engine:
    return Engine(dirs=[str(TEMPLATES)], autoescape=True)
