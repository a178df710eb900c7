"""What-if: a simulated floor is fitted to a team's own history, judged on weeks it has not seen, and only then asked.

Questions: is the floor calibrated (``backtest``), what would change (``what_if``). ``history_of`` takes whatever reads
canonical tables. Nothing here knows of warehouses or Django. Doors are imported when they are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maitred.floor.fitted import FittedWorld as FittedWorld
    from maitred.insight.whatif.backtesting import Backtest as Backtest
    from maitred.insight.whatif.backtesting import Chart as Chart
    from maitred.insight.whatif.backtesting import backtest as backtest
    from maitred.insight.whatif.backtesting import charts as charts
    from maitred.insight.whatif.changing import Refused as Refused
    from maitred.insight.whatif.changing import WhatIf as WhatIf
    from maitred.insight.whatif.changing import what_if as what_if
    from maitred.insight.whatif.fitting import NotEnoughData as NotEnoughData
    from maitred.insight.whatif.fitting import fit as fit
    from maitred.insight.whatif.history import COLUMNS as COLUMNS
    from maitred.insight.whatif.history import History as History
    from maitred.insight.whatif.history import history_from as history_from
    from maitred.insight.whatif.history import history_of as history_of

_DOORS = {
    "FittedWorld": "maitred.floor.fitted",
    **dict.fromkeys(("Backtest", "Chart", "backtest", "charts"), "maitred.insight.whatif.backtesting"),
    **dict.fromkeys(("Refused", "WhatIf", "what_if"), "maitred.insight.whatif.changing"),
    **dict.fromkeys(("NotEnoughData", "fit"), "maitred.insight.whatif.fitting"),
    **dict.fromkeys(("COLUMNS", "History", "history_from", "history_of"), "maitred.insight.whatif.history"),
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _DOORS:
        raise AttributeError(f"maitred.insight.whatif has no {name!r}")
    return getattr(import_module(_DOORS[name]), name)
