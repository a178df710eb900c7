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
    status = 422
    """What an HTTP door answers with."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(f"{what}: {remedy}" if remedy else what)
        self.what = what
        self.remedy = remedy


class UsageError(MaitredError):
    """The call's own words are wrong (exit code 2)."""

    kind = "usage"
    status = 400


class WorkspaceMissing(MaitredError):
    """A command needs a workspace and none is there."""

    kind = "no-workspace"


class LeaseHeld(MaitredError):
    """Another process writes to this workspace at the moment."""

    kind = "lease-held"
    status = 409


class LeaseLost(MaitredError):
    """This process was the one writer and no longer is; what it did since is not shown."""

    kind = "lease-lost"


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
    status = 404


class Denied(MaitredError):
    """Somebody asked for what they have no right to."""

    kind = "denied"
    status = 403


class Invalid(MaitredError):
    """What was handed in does not fit; ``errors`` names each field, what is wrong with it and what would fit."""

    kind = "invalid"
    status = 422

    def __init__(self, what: str, remedy: str = "", errors: tuple[dict[str, str], ...] = ()) -> None:
        super().__init__(what, remedy)
        self.errors = errors


class Conflict(MaitredError):
    """The thing changed since it was read; carries the version that was sent and the one that is there."""

    kind = "conflict"
    status = 409

    def __init__(self, what: str, remedy: str = "", sent: int | None = None, there: int | None = None) -> None:
        super().__init__(what, remedy)
        self.sent = sent
        self.there = there


class Unauthenticated(MaitredError):
    """Nobody is signed in, or the token is unknown, expired or withdrawn."""

    kind = "unauthenticated"
    status = 401


class NotFresh(MaitredError):
    """The deed asks for a proof of identity that is not older than five minutes."""

    kind = "reauthenticate"
    status = 403


class TooMany(MaitredError):
    """More requests than the limit allows; ``retry_after`` in seconds."""

    kind = "too-many"
    status = 429

    def __init__(self, what: str, remedy: str = "", retry_after: int = 60) -> None:
        super().__init__(what, remedy)
        self.retry_after = retry_after
