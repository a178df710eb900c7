"""What each desk brings to the access matrix, in a module of its own: by the desk's name."""

from __future__ import annotations

from types import ModuleType

from tests.access import complying, conversing, escalating, recruiting

BY_DESK: dict[str, ModuleType] = {
    "escalations": escalating,
    "conversations": conversing,
    "compliance": complying,
    "hiring": recruiting,
}
