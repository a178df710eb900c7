"""Sealed values: AES-256-GCM, bound to the place they stand in, so that a value copied to another row does not open.

Form ``v1|key id|nonce|ciphertext`` (URL-safe base64). The associated data are ``table|primary key|column``.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from maitred.base.errors import MaitredError
from maitred.kit.secrets import guarding
from maitred.kit.secrets.keyring import Keyring, Purpose

_FORM = "v1"
_NONCE_BYTES = 12


class SealBroken(MaitredError):
    """A sealed value does not open: edited, moved from another place, or sealed with another key."""

    kind = "seal-broken"
    status = 500


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A value that never shows itself in a repr, a log or a traceback."""

    value: str

    def __repr__(self) -> str:
        return "Secret(•••)"

    __str__ = __repr__


def place(table: str, key: object, column: str) -> str:
    """The place a sealed value stands in, as its associated data."""
    return f"{table}|{key}|{column}"


def seal(keyring: Keyring, secret: Secret, at: str, purpose: Purpose = Purpose.FIELDS) -> str:
    """Encrypt a secret for one place with the newest key of a purpose.

    Seal a value inside the transaction that writes it: a rotation of keys then waits for it.
    """
    guarding.hold()
    key = keyring.current(purpose)
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(key.material).encrypt(nonce, secret.value.encode(), at.encode())
    return "|".join((_FORM, key.id, _encoded(nonce), _encoded(sealed)))


def unseal(keyring: Keyring, sealed: str, at: str, purpose: Purpose = Purpose.FIELDS) -> Secret:
    """Decrypt a sealed value that stands in its own place.

    Raises
    ------
    SealBroken
        The value was changed, stands in another place, or is no sealed value.
    """
    try:
        form, key_id, nonce, content = sealed.split("|")
        if form != _FORM:
            raise ValueError(form)
        key = keyring.find(purpose, key_id)
        opened = AESGCM(key.material).decrypt(_decoded(nonce), _decoded(content), at.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken(
            f"the sealed value at {at} does not open", "restore it from a backup or enter it again"
        ) from error
    return Secret(opened.decode())


def key_of(sealed: str) -> str:
    """The id of the key that a value is sealed with."""
    return sealed.split("|")[1]


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode())
