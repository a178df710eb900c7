"""The query layer as its owner asks it: every row, every person by name."""

from __future__ import annotations

from functools import partial

from maitred.metrics import queries
from maitred.metrics.scope import Scope

show = partial(queries.show, scope=Scope.everything())
tickets = partial(queries.tickets, scope=Scope.everything())
