"""The texts of every row of the operational database, for the scan and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import models

from maitred.kit.backup.shapes import stored_models

_SEALED = ("SealedField",)
_AT_ONCE = 500


def tables() -> list[tuple[str, Callable[[], Iterator[tuple[str, str, str]]]]]:
    """Every table with texts, and what reads them: column, key and text of every row that has one."""
    found: list[tuple[str, Callable[[], Iterator[tuple[str, str, str]]]]] = []
    for model in stored_models():
        names = [one.attname for one in model._meta.concrete_fields if _is_text(one)]
        if names:
            found.append((model._meta.db_table, partial(_texts, model, names)))
    return found


def _texts(model: type[models.Model], names: list[str]) -> Iterator[tuple[str, str, str]]:
    rows = model._base_manager.order_by("pk").values_list("pk", *names)
    for row in rows.iterator(chunk_size=_AT_ONCE):
        for name, value in zip(names, row[1:], strict=True):
            if value not in (None, "", [], {}):
                yield name, str(row[0])[:60], value if isinstance(value, str) else _told(value)


def _is_text(one: Any) -> bool:
    if type(one).__name__ in _SEALED or getattr(one, "remote_field", None):
        return False
    return isinstance(one, (models.CharField, models.TextField, models.JSONField))


def _told(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, default=str)
