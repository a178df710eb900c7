"""The keyring of this installation, and the small things made with it: pseudonyms and signed links."""

from __future__ import annotations

import hashlib
import hmac
from functools import cache
from pathlib import Path

from django.conf import settings

from maitred.kit.secrets.keyring import Keyring, Purpose, folder_of


def keyring() -> Keyring:
    """The keys of the workspace that the settings name."""
    return _ring(folder_of(Path(settings.MAITRED_HOME)))


def pseudonym(subject: str) -> str:
    """A name for a subject that only this installation can make again: HMAC-SHA-256, 32 hex digits."""
    key = keyring().current(Purpose.PSEUDONYMS)
    return hmac.new(key.material, subject.encode(), hashlib.sha256).hexdigest()[:32]


@cache
def _ring(folder: Path) -> Keyring:
    return Keyring(folder)
