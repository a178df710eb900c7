"""Does what is to go out go out? For ``doctor``."""

from __future__ import annotations

from maitred.base.checks import Check
from maitred.kit.outbox.configuration import NotConfigured, mail_server
from maitred.kit.outbox.models import Effect


def checks() -> tuple[Check, ...]:
    """Whether letters wait for a mail server that is not set up, and whether somebody must decide about effects."""
    return _mail(), _undecided()


def _mail() -> Check:
    waiting = Effect._base_manager.filter(kind="mail", state=Effect.WAITING).count()
    try:
        server = mail_server()
    except NotConfigured as error:
        return Check("mail", not waiting, f"{error.what}; {waiting} letters wait: {error.remedy}")
    return Check("mail", True, f"letters go through {server.host}; {waiting} wait")


def _undecided() -> Check:
    unknown = Effect._base_manager.filter(state=Effect.UNKNOWN).count()
    if not unknown:
        return Check("outbox", True, "nothing waits for a decision")
    remedy = "decide each with `maitred outbox resend` or `maitred outbox give_up`"
    return Check("outbox", False, f"{unknown} effects may or may not have been sent: {remedy}")
