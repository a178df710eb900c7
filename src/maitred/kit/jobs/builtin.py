"""The jobs that every installation has: the head of the audit log is signed hourly, what has expired goes daily."""

from __future__ import annotations

import importlib

from maitred.kit.jobs import cleaning
from maitred.kit.jobs.registry import Round, job
from maitred.kit.jobs.running import Run


@job("audit.sign_head", retries=5, round=Round("0 * * * *"))
def sign_head(run: Run) -> None:
    """Sign how far the audit chain goes; a second signature of the same row does no harm."""
    run.check()
    importlib.import_module("maitred.kit.audit.heads").sign_head()


@job("house.clean", round=Round("17 3 * * *"))
def clean(run: Run) -> None:
    """Forget what has expired."""
    cleaning.clean(run)
