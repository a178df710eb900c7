"""Personal text in the audit log, sealed with a key per subject: an erasure destroys it and the chain stays whole."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import IntegrityError, transaction

from maitred.kit.audit.models import SealedText, SubjectKey
from maitred.kit.secrets.installation import keyring, pseudonym
from maitred.kit.secrets.keyring import KeysMissing, Purpose
from maitred.kit.secrets.sealing import Secret, place, seal, unseal

_NONCE_BYTES = 12
ERASED = "(erased)"
REFERENCE = re.compile(r"text:[0-9a-f]{24}:[0-9a-f]{32}")


class Reference(str):
    """What an audit row carries instead of a text: ``text:<id>:<digest of the ciphertext>``.

    A type of its own, so that a foreign text of this form cannot pass for one.
    """

    __slots__ = ()


def keep(subject: str, text: str) -> Reference:
    """Store a text sealed for its subject; returns what the audit row carries."""
    name = pseudonym(subject)
    key = _key(name) or _new_key(name)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    text_id = secrets.token_hex(12)
    sealed = (nonce + AESGCM(key).encrypt(nonce, text.encode(), text_id.encode())).hex()
    SealedText._base_manager.create(id=text_id, subject=name, sealed=sealed)
    return Reference(f"text:{text_id}:{digest(sealed)}")


def digest(sealed: str) -> str:
    """What a reference says about its ciphertext: 32 hex digits of its SHA-256."""
    return hashlib.sha256(sealed.encode()).hexdigest()[:32]


def read(reference: str) -> str:
    """The text behind a reference; ``(erased)`` once its subject's key is destroyed."""
    return read_all([reference])[reference]


def read_all(references: Iterable[str]) -> dict[str, str]:
    """The texts behind many references, with one query for the texts and one for each subject's key."""
    by_id = {reference.split(":")[1]: reference for reference in references}
    answer = dict.fromkeys(by_id.values(), ERASED)
    keys: dict[str, bytes | None] = {}
    for found in SealedText._base_manager.filter(pk__in=list(by_id)):
        if found.subject not in keys:
            keys[found.subject] = _key(found.subject)
        answer[by_id[found.pk]] = _opened(found, keys[found.subject])
    return answer


def _opened(found: SealedText, key: bytes | None) -> str:
    """A key made anew after an erasure opens the later texts only; the earlier ones stay erased."""
    if key is None:
        return ERASED
    content = bytes.fromhex(found.sealed)
    try:
        return AESGCM(key).decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], found.pk.encode()).decode()
    except InvalidTag:
        return ERASED


def forget(subject: str) -> bool:
    """Destroy a subject's key; returns whether there was one."""
    hit, _ = SubjectKey._base_manager.filter(pk=pseudonym(subject)).delete()
    return hit > 0


def _key(name: str) -> bytes | None:
    for attempt in (1, 2):
        found = SubjectKey._base_manager.filter(pk=name).first()
        if found is None:
            return None
        at = place("audit_subject_key", name, "sealed")
        try:
            return bytes.fromhex(unseal(keyring(), found.sealed, at, Purpose.SUBJECTS).value)
        except KeysMissing:  # its key was retired since it was read: it is sealed with the new one now
            if attempt == 2:
                raise
    raise AssertionError("unreachable")


def _new_key(name: str) -> bytes:
    key = AESGCM.generate_key(256)
    sealed = seal(keyring(), Secret(key.hex()), place("audit_subject_key", name, "sealed"), Purpose.SUBJECTS)
    try:
        with transaction.atomic():
            SubjectKey._base_manager.create(subject=name, sealed=sealed)
    except IntegrityError:  # another transaction was first; its key is the one
        return _key(name) or key
    return key
