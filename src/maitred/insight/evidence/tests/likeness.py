"""Whether two pieces of evidence say the same, and where they do not."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from maitred.insight.evidence.tables import Evidence


def differences(left: Evidence, right: Evidence) -> list[str]:
    """Each field that differs, as ``table.column``, with how many values do."""
    return list(_compared("", left, right))


def _compared(path: str, left: Any, right: Any) -> list[str]:
    if is_dataclass(left):
        found: list[str] = []
        for one in fields(left):
            found += _compared(f"{path}.{one.name}".strip("."), getattr(left, one.name), getattr(right, one.name))
        return found
    if isinstance(left, np.ndarray):
        if left.shape != right.shape:
            return [f"{path}: {len(left)} and {len(right)} rows"]
        same = (left == right) | ((left != left) & (right != right))
        return [] if bool(np.all(same)) else [f"{path}: {int(np.sum(~same))} of {len(left)} differ"]
    return [] if left == right else [f"{path}: {str(left)[:80]} and {str(right)[:80]}"]
