"""Secrets in a text: keys and tokens by the prefix their issuer gives them, and whatever stands behind "password is".

Prefixes are those that the issuers document so that scanners can find leaked keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ISSUED = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:AKIA|ASIA)[0-9A-Z]{16}"
    r"|gh[opsur]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{22,255}|glpat-[A-Za-z0-9_\-]{20,64}"
    r"|(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{16,128}|sk-[A-Za-z0-9_\-]{20,200}"
    r"|xox[abeprs]-[A-Za-z0-9\-]{10,200}|AIza[0-9A-Za-z_\-]{35}|ya29\.[0-9A-Za-z_\-]{20,300}"
    r"|SG\.[A-Za-z0-9_\-]{16,32}\.[A-Za-z0-9_\-]{16,64}|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_\-]{50,250}"
    r"|eyJ[A-Za-z0-9_\-]{8,}\.eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]*"
    r")(?![A-Za-z0-9])"
)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.{0,8000}?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)", re.DOTALL
)
_IN_URL = re.compile(r"(?<=://)[^\s/@:]{1,64}:([^\s/@]{1,128})(?=@)")
_BEARER = re.compile(r"\b(?:Bearer|Basic)\s+([A-Za-z0-9+/_.=\-]{16,})", re.IGNORECASE)
_NAMED = re.compile(
    r"(?<![A-Za-z])(?P<name>pass(?:word|wort|phrase|code)|pwd|passwd|kennwort|mot de passe|contrase(?:ñ|n)a|"
    r"wachtwoord|has(?:ł|l)o|senha|"
    r"pin(?: (?:code|number))?|one[- ]time (?:code|password)|otp|verification code|"
    r"(?:api|secret|access|auth|private|client)[ _-]?(?:key|token|secret)|secret|token)"
    r"(?P<link>\s{0,2}(?:is now|is set to|is|was|ist|lautet|est|es|to|war|jest|é|=>|[:=])\s{0,3}|\s{0,2}[\"'`])"
    r"[\"'`“”‘’(<]?(?P<value>[^\s\"'`“”<>]{3,200})",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")


def secrets_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield where secrets stand; of "password is X" only X.

    Examples
    --------
    >>> [text[a:b] for text in ["My password is hunter2, thanks"] for a, b in secrets_in(text)]
    ['hunter2']
    >>> list(secrets_in("My password is wrong and the token is invalid."))
    []
    """
    if "_" in text or "-" in text or "." in text or "AKIA" in text or "AIza" in text or "ASIA" in text:
        yield from (found.span() for found in _ISSUED.finditer(text))
    if "PRIVATE KEY" in text:
        yield from (found.span() for found in _PRIVATE_KEY.finditer(text))
    if "@" in text and "://" in text:
        yield from (found.span(1) for found in _IN_URL.finditer(text))
    for pattern in (_BEARER,) if "earer" in text or "asic" in text else ():
        yield from (found.span(1) for found in pattern.finditer(text))
    for found in _NAMED.finditer(text):
        end = found.start("value") + len(found["value"].rstrip(".,;:!?)"))
        if _is_secret(found["name"].lower(), found["link"].strip(), text[found.start("value") : end]):
            yield found.start("value"), end


def _is_secret(name: str, link: str, value: str) -> bool:
    if name.startswith(("pin", "otp", "one", "verification")):
        return re.fullmatch(r"[0-9][0-9 \-]{2,9}", value) is not None or _is_mixed(value)
    if _is_mixed(value):
        return len(value) >= 4
    plain = _WORD.fullmatch(value) is not None
    # "Password: required" is a form's text, "password: correcthorse" is one: a word alone needs a sign before it.
    return len(value) >= 4 and (
        not plain or (link in (":", "=", "=>") and len(value) >= 8 and name.startswith(("pass", "pwd")))
    )


def _is_mixed(value: str) -> bool:
    kinds = (str.isdigit, str.isupper, str.islower)
    present = sum(any(kind(sign) for sign in value) for kind in kinds)
    odd = any(not sign.isalnum() and sign not in "'’.-/" for sign in value)
    return (
        any(sign.isdigit() for sign in value)
        or odd
        or (present == 2 and not value[:1].isupper() and not value.islower())
    )
