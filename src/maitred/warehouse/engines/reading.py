"""What a composed query names: its tables and its parameters. Shared by both engines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlglot import exp

from maitred.base.errors import UsageError

if TYPE_CHECKING:
    from maitred.warehouse.engines.engine import Value


def named_tables(expression: exp.Expr) -> set[str]:
    """Names of the tables that a query reads, without its own common table expressions."""
    own = {cte.alias for cte in expression.find_all(exp.CTE)}
    return {table.name for table in expression.find_all(exp.Table) if isinstance(table.this, exp.Identifier)} - own


def values_for(expression: exp.Expr, params: Mapping[str, Value] | None) -> dict[str, Value]:
    """The values of the placeholders that the query really uses.

    Raises
    ------
    UsageError
        The expression is no query, or a placeholder has no value.
    """
    if not isinstance(expression, exp.Query):
        raise UsageError("an engine runs composed queries only", "build a sqlglot query, not text")
    names = {placeholder.name for placeholder in expression.find_all(exp.Placeholder)}
    missing = sorted(names - set(params or {}))
    if missing:
        raise UsageError(f"the query has no value for {', '.join(missing)}")
    return {name: value for name, value in (params or {}).items() if name in names}
