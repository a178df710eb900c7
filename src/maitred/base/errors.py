"""The one error tree: what happened, to what, and what to do about it."""

from __future__ import annotations


class MaitredError(Exception):
    """A refusal or failure that a person can act on.

    Parameters
    ----------
    what
        What happened and to which thing, in one sentence without a full stop.
    remedy
        What to do about it, in one sentence; may be empty.
    """

    kind = "failed"

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what}: {remedy}" if remedy else what)
        self.what = what
        self.remedy = remedy


class UsageError(MaitredError):
    """The call's own words are wrong (exit code 2)."""

    kind = "usage"


class WorkspaceMissing(MaitredError):
    """A command needs a workspace and none is there."""

    kind = "no-workspace"


class LeaseHeld(MaitredError):
    """Another process writes to this workspace at the moment."""

    kind = "lease-held"


class BadInput(MaitredError):
    """Input from outside that cannot be used; names file, row and field.

    ``suggestion`` is a longer text that may help, such as a mapping file to start from.
    """

    kind = "bad-input"

    def __init__(self, what: str, remedy: str = "", suggestion: str = "") -> None:
        super().__init__(what, remedy)
        self.suggestion = suggestion


class WarehouseDamaged(MaitredError):
    """A stored table cannot be read as it was published."""

    kind = "warehouse-damaged"


class NotFound(MaitredError):
    """The thing asked for does not exist here."""

    kind = "not-found"
