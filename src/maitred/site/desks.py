"""The addresses of the desks: each desk of ``settings.DESKS`` that has pages brings its own ``urls``."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from django.conf import settings


def desk_urls() -> Iterator[str]:
    """The modules with the addresses of the installed desks."""
    for desk in settings.DESKS:
        if find_spec(f"{desk}.urls") is not None:
            yield f"{desk}.urls"
