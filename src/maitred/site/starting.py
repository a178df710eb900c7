"""What must be in order before the server answers anybody: keys, hosts, no debugging, demonstrations at home."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register

from maitred.base.errors import MaitredError
from maitred.kit.secrets.keyring import folder_of
from maitred.site.addresses import unmapped

_DEBUGS = ("DEBUG", "DJANGO_DEBUG", "MAITRED_DEBUG")
_OFF = ("", "0", "false", "no", "off")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1", "testserver"})


class Unsafe(MaitredError):
    """The settings would let somebody in who should not be."""

    kind = "unsafe-settings"


def refuse_unsafe() -> None:
    """Called before the first request.

    Raises
    ------
    Unsafe
        Something is not in order; the message names the first thing and what to do.
    """
    for what, remedy in refusals():
        raise Unsafe(what, remedy)
    for error in unmapped():
        raise Unsafe(error.msg, "mend site/addresses.py")


def refusals() -> Iterator[tuple[str, str]]:
    """What is not in order, and what to do about each."""
    keys = folder_of(Path(settings.MAITRED_HOME))
    if not (keys / "keyring.json").is_file():
        yield f"there are no keys in {keys}", "make a workspace with `maitred init`, or set MAITRED_KEYS"
    if not settings.ALLOWED_HOSTS or any(one.startswith("*") or one == "." for one in settings.ALLOWED_HOSTS):
        yield "MAITRED_HOSTS names every host", "name the hosts that people use, separated by commas"
    if settings.DEBUG or any(os.environ.get(name, "").lower() not in _OFF for name in _DEBUGS):
        yield "debugging is switched on in the environment", f"unset {', '.join(_DEBUGS)}"
    if settings.MAITRED_DEMO and (settings.MAITRED_HTTPS or not _at_home()):
        yield "a demonstration is served to more than this machine", "bind it to 127.0.0.1 and unset MAITRED_HOSTS"


def register_check() -> None:
    """Have ``check --deploy`` say the same."""
    register(Tags.security, deploy=True)(_check)


def _check(app_configs: Any = None, **_: Any) -> list[Error]:
    return [Error(what, hint=remedy, id="maitred.E010") for what, remedy in refusals()]


def _at_home() -> bool:
    return all(one in _LOOPBACK for one in settings.ALLOWED_HOSTS)
