"""A security key in software: makes a passkey and signs with it, as a browser would hand it on."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

_FLAGS = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
CREDENTIAL = b"credential-of-the-tests"


class SoftwareKey:
    """One key pair for one relying party."""

    def __init__(self, party: str, origin: str) -> None:
        self.party = hashlib.sha256(party.encode()).digest()
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.count = 0

    def register(self, challenge: str) -> str:
        """The answer to creation options."""
        public = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]
        made = AttestedCredentialData.create(b"\0" * 16, CREDENTIAL, public)
        data = AuthenticatorData.create(self.party, _FLAGS | AuthenticatorData.FLAG.AT, 0, made)
        attestation = AttestationObject.create("none", data, {})
        return self._told(
            {"clientDataJSON": self._client("webauthn.create", challenge), "attestationObject": attestation},
            {"credProps": {"rk": True}},
        )

    def sign(self, challenge: str, user: str) -> str:
        """The answer to request options."""
        self.count += 1
        data = AuthenticatorData.create(self.party, _FLAGS, self.count)
        client = self._client("webauthn.get", challenge)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._told({**parts, "userHandle": user.encode()}, {})

    def _client(self, kind: str, challenge: str) -> bytes:
        from fido2.utils import websafe_decode

        return CollectedClientData.create(kind, websafe_decode(challenge), self.origin)

    def _told(self, response: dict[str, bytes], extensions: dict[str, Any]) -> str:
        return json.dumps(
            {
                "id": websafe_encode(CREDENTIAL),
                "rawId": websafe_encode(CREDENTIAL),
                "type": "public-key",
                "response": {name: websafe_encode(value) for name, value in response.items()},
                "clientExtensionResults": extensions,
                "authenticatorAttachment": "platform",
            }
        )
