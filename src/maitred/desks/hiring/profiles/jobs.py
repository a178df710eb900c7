"""The worker keeps the clocks: whoever's last day has passed is erased, and imports that were cut off are settled."""

from __future__ import annotations

from maitred.base import clock
from maitred.desks.hiring.profiles import access, erasing, importing, table
from maitred.kit.jobs.registry import Round, job
from maitred.kit.jobs.running import Run

AT_ONCE = 200


@job("hiring.profile_clocks", retries=3, round=Round("40 2 * * *"))
def profile_clocks(run: Run) -> None:
    """Erase profiles whose last day has passed; hiding needs no step, since search looks at the day itself."""
    done = 0
    while rows := access.due_for_erasure(clock.now().date(), AT_ONCE):
        run.check()
        with table.table().writing(), run.deed("hiring.erase_profiles"):
            done += erasing.erase(rows, "its period ended")["profiles"]
        run.progress(done, 0, "profiles")


@job("hiring.settle_profiles", retries=3, round=Round("10 * * * *"))
def settle_profiles(run: Run) -> None:
    """Make searchable what an import left behind that was cut off, and the table anew after a restore."""
    run.check()
    if access.unsettled() or access.count():
        with table.table().writing():
            importing.settle(run.actor)
