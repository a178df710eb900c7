"""The environment variables of the product, as its source names them: for the tests of documents and containers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.house import SOURCE

_WHOLE = re.compile(r"MAITRED_[A-Z]+(?:_[A-Z]+)*")
_BEGUN = re.compile(r"MAITRED_[A-Z_]+_")


@cache
def known() -> frozenset[str]:
    """Names that a module asks the environment for; ``MAITRED_SECRET_<NAME>`` where only the beginning is fixed."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        if "tests" not in path.relative_to(SOURCE).parts:
            text = path.read_text(encoding="utf-8")
            found |= set(_named(ast.parse(text))) if "os.environ" in text else set()
    return frozenset(found)


def _named(module: ast.Module) -> Iterator[str]:
    """Whole texts, unless they name an attribute of the settings, and the fixed beginnings of composed texts."""
    attributes = {
        id(argument)
        for call in ast.walk(module)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("getattr", "hasattr")
        for argument in call.args
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and id(node) not in attributes and _WHOLE.fullmatch(str(node.value)):
            yield str(node.value)
        begun = str(getattr(node.values[0], "value", "")) if isinstance(node, ast.JoinedStr) else ""
        if _BEGUN.fullmatch(begun):
            yield f"{begun}<NAME>"
