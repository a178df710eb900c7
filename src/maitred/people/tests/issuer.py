"""An identity provider on loopback: discovery, keys, the code flow with PKCE, and whatever claims a test wants."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "maitred-tests", "not-a-real-secret"


class Issuer:
    """Runs while the block runs; ``claims`` is who signs in next."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.issuer_said = ""
        self.codes: dict[str, dict[str, str]] = {}
        self.key = _key()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Issuer:
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        told = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))  # type: ignore[no-untyped-call]
        return {"keys": [{**told, "kid": "one", "alg": "RS256", "use": "sig"}]}

    def code(self, asked: dict[str, str]) -> str:
        """Somebody agreed at the provider: the address they are sent back to."""
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def tokens(self, form: dict[str, str]) -> dict[str, Any]:
        asked = self.codes.pop(form["code"])
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        )
        assert (form["client_id"], form["client_secret"], challenge) == (CLIENT, SECRET, asked["code_challenge"])
        now = int(time.time())
        times = {"iss": self.issuer_said or self.url, "aud": CLIENT, "iat": now, "exp": now + 60}
        signed = jwt.encode({**times, **self.claims}, self.key, algorithm="RS256", headers={"kid": "one"})
        return {"access_token": "opaque", "token_type": "Bearer", "expires_in": 60, "id_token": signed}


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _handler(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            if parts.path == "/authorize":
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", issuer.code(asked))
                self.end_headers()
                return
            answers: dict[str, Callable[[], dict[str, Any]]] = {
                "/keys": issuer.keys,
                "/userinfo": lambda: {"sub": issuer.claims["sub"]},
            }
            self._json(answers.get(parts.path, issuer.discovery)())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._json(issuer.tokens({name: values[0] for name, values in parse_qs(body).items()}))

        def _json(self, value: dict[str, Any]) -> None:
            content = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Stay silent."""

    return Handler
