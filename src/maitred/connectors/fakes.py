"""A fake helpdesk to try things with: it listens on this machine and serves a made-up account until it is stopped."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module

from maitred.base import clock
from maitred.base.errors import BadInput, NotFound
from maitred.connectors.doubling import Double, Plan, VirtualClock

VENDORS = ("zendesk", "freshdesk", "salesforce")


def run(vendor: str, tickets: int, seed: int, faults: str, port: int = 0) -> None:
    """Serve a fake helpdesk until interrupted, and print where it is and how to sign in.

    Parameters
    ----------
    faults
        ``none``, ``random:SEED``, or a list as ``doubling.Plan.read`` takes it.
    port
        0 for any that is free.

    Raises
    ------
    NotFound
        There is no fake of this vendor.
    BadInput
        The plan of faults cannot be read.
    """
    serve(vendor, tickets, seed, faults, port, _print)


def serve(vendor: str, tickets: int, seed: int, faults: str, port: int, out: Callable[[str], None]) -> None:
    """Serve a fake helpdesk until interrupted; its address and credentials are given to ``out``, line by line."""
    with fake(vendor, tickets, seed, faults, port) as double:
        out(f"{vendor} with {tickets} tickets: {double.url}")
        for name, value in double.credentials.items():
            out(f"{name}: {value}")
        out("GET /__truth tells what is in it, POST /__mutate changes it, POST /__clock moves its time; Ctrl-C ends it")
        try:
            double.wait()
        except KeyboardInterrupt:
            out("ended")


def fake(vendor: str, tickets: int, seed: int, faults: str, port: int = 0) -> Double:
    """The double of a vendor, with a clock that runs from now on; to be used in a ``with`` block."""
    if vendor not in VENDORS:
        raise NotFound(f"there is no fake {vendor!r}", f"there are {', '.join(VENDORS)}")
    try:
        planned = Plan.read(faults)
    except ValueError as error:
        remedy = "give none, random:SEED, or KIND@PATH#NTH*TIMES=VALUE with commas between several"
        raise BadInput(f"the plan of faults cannot be read: {error}", remedy) from error
    made: Callable[..., Double] = getattr(import_module(f"maitred.connectors.{vendor}.double"), vendor.capitalize())
    return made(tickets, seed, clock=VirtualClock(clock.now(), runs=True), faults=planned, port=port)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
