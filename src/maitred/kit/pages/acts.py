"""Where the actions that a finding offers begin, where a desk has a form for them; it opens filled in from the finding.

A desk registers its forms when its app starts (``AppConfig.ready``); an action without one becomes a task.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

_FORMS: dict[str, str] = {}


def register(action: str, url_name: str) -> None:
    """Say that an action begins at a form, which takes the finding's id as ``finding`` in its address."""
    _FORMS[action] = url_name


def href(action: str, finding: str, person: int | None = None) -> str:
    """The address of the form for one finding; empty where no desk has one."""
    if action not in _FORMS:
        return ""
    words = {"finding": finding, **({} if person is None else {"person": str(person)})}
    return f"{reverse(_FORMS[action])}?{urlencode(words)}"
