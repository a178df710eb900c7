"""Documents and contacts of the vault: packed, sealed with the key of profiles, and opened again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from maitred.desks.hiring.models import Profile
from maitred.kit.secrets.installation import keyring
from maitred.kit.secrets.keyring import Key, Keyring, Purpose
from maitred.kit.secrets.sealing import Secret, place, seal, unseal

_TABLE = Profile._meta.db_table


@dataclass(frozen=True, slots=True)
class Contact:
    """How somebody is called and reached."""

    name: str = ""
    email: str = ""
    phone: str = ""


def contact_of(document: Mapping[str, Any]) -> Contact:
    """Name, mail and phone of a document; of a plain text its first line and what looks like a mail address."""
    basics = document.get("basics")
    if isinstance(basics, Mapping):
        return Contact(*(str(basics.get(name) or "")[:200] for name in ("name", "email", "phone")))
    text = document.get("text")
    if not isinstance(text, str) or document.get("work"):
        return Contact()
    head = text[:2000]
    first = next((line.strip() for line in head.splitlines() if line.strip()), "")
    mail = next((word.strip("<>(),;|") for word in head.split() if "@" in word and "." in word), "")
    return Contact(first[:80], mail[:200])


def sealed_document(key: int, packed: bytes) -> str:
    """A document as the vault keeps it."""
    return Sealer().document(key, packed)


def sealed_contact(key: int, contact: Contact) -> str:
    """A contact as the vault keeps it; empty where there is none."""
    return Sealer().contact(key, contact)


class Sealer:
    """Seals and pseudonyms for many profiles: the keys are looked up once. Make one inside each transaction."""

    def __init__(self) -> None:
        self._ring = _Held(keyring())
        self._secret = keyring().current(Purpose.PSEUDONYMS).material

    def document(self, key: int, packed: bytes) -> str:
        """A document as the vault keeps it."""
        squeezed = base64.b64encode(zlib.compress(packed, 1)).decode()
        return seal(self._ring, Secret(squeezed), place(_TABLE, key, "document"), Purpose.PROFILES)

    def contact(self, key: int, contact: Contact) -> str:
        """A contact as the vault keeps it; empty where there is none."""
        if contact == Contact():
            return ""
        told = json.dumps([contact.name, contact.email, contact.phone], ensure_ascii=False)
        return seal(self._ring, Secret(told), place(_TABLE, key, "contact"), Purpose.PROFILES)

    def pseudonym(self, subject: str) -> str:
        """The same as the installation's, which looks its key up each time."""
        return hmac.digest(self._secret, subject.encode(), "sha256").hex()[:32]

    def digest(self, content: bytes, basis: str) -> str:
        """A pseudonym of a document, to see that it did not change."""
        return self.pseudonym(f"document:{basis}:{hashlib.sha256(content).hexdigest()}")

    def contact_tag(self, contact: Contact) -> str:
        """A pseudonym of a mail address."""
        return self.pseudonym(f"mail:{contact.email.strip().casefold()}") if "@" in contact.email else ""

    def erasure_tag(self, source: str, external_id: str) -> str:
        """A pseudonym of a profile, by which it is known after it was erased."""
        return self.pseudonym(f"profile:{source}:{external_id}")


class _Held(Keyring):
    """A keyring whose newest key was looked up when it was made."""

    def __init__(self, ring: Keyring) -> None:
        super().__init__(ring.folder)
        self._key = ring.current(Purpose.PROFILES)

    def current(self, purpose: Purpose) -> Key:
        return self._key if purpose is Purpose.PROFILES else super().current(purpose)


def document_of(row: Profile) -> dict[str, Any]:
    """The document of a profile, opened."""
    opened = unseal(keyring(), row.document, place(_TABLE, row.pk, "document"), Purpose.PROFILES)
    found: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(opened.value)))
    return found


def contact_in(row: Profile) -> Contact:
    """The contact of a profile, opened."""
    if not row.contact:
        return Contact()
    opened = unseal(keyring(), row.contact, place(_TABLE, row.pk, "contact"), Purpose.PROFILES)
    return Contact(*json.loads(opened.value))


def packed(document: Mapping[str, Any]) -> bytes:
    """A document as bytes, the same for the same content."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def erasure_tag(source: str, external_id: str) -> str:
    """A pseudonym of a profile, by which it is known after it was erased."""
    return Sealer().erasure_tag(source, external_id)
