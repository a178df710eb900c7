"""Rotating keys as a job: it takes as long as there are sealed values, and nobody waits for it on a page."""

from __future__ import annotations

from maitred.kit.jobs.registry import job
from maitred.kit.jobs.running import Run
from maitred.kit.secrets.installation import keyring
from maitred.kit.secrets.rotation import rotate


@job("secrets.rotate", retries=5)
def rotate_keys(run: Run) -> None:
    """Begin a rotation, or end the one that was begun."""
    run.check()
    rotate(keyring(), run.actor)
