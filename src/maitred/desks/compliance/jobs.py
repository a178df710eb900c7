"""The worker keeps clocks: warns once a level also after it stood still, follows calendars; proposes, scans."""

from __future__ import annotations

from maitred.base import clock
from maitred.desks.compliance import access, keeping
from maitred.kit.jobs.registry import Round, job
from maitred.kit.jobs.running import Run


@job("compliance.clocks", retries=2, round=Round("*/5 * * * *"))
def clocks(run: Run) -> None:
    """Look at every case with an open clock: move its clocks to now, list what moved, warn."""
    cases = access.cases_with_open_clocks()
    for done, key in enumerate(cases):
        run.check()
        case = access.case_of(key)
        if keeping.behind(case, clock.now()):
            with run.deed("compliance.clocks"):
                keeping.refresh(case, "calendar", "the calendar changed")
                keeping.warn(case, clock.now())
        run.progress(done + 1, len(cases), "cases")


@job("compliance.scan", retries=1, round=Round("0 3 1 1,4,7,10 *", "UTC"))
def scan(run: Run, scan: int | None = None) -> None:
    """Scan what is kept for card numbers: what was asked for, and once a quarter everything."""
    from maitred.desks.compliance.scanning.doing import do_scan

    do_scan(run.actor, scan, run.check)


@job("compliance.propose", retries=2, round=Round("20 * * * *"))
def propose(run: Run) -> None:
    """Propose tickets that read like a complaint; a person confirms or dismisses each."""
    from maitred.desks.compliance.proposing import propose_new

    propose_new(run)
