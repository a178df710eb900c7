"""To have something sent: a row in the transaction of the deed that wants it. The worker sends; nothing else does.

Each call returns the effect's id. Asked for again under the same key, the effect that is there is the answer.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from maitred.base import clock
from maitred.base.errors import Invalid
from maitred.kit.audit import deeds
from maitred.kit.outbox import contents
from maitred.kit.outbox.models import Effect

MOST_BYTES = 8 * 1024 * 1024
"""Of one effect's content, attachments included."""
AT_ONCE = timedelta(0)
_LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True, repr=False)
class Attachment:
    """A file that goes with a letter; ``media_type`` as ``image/png``; with a ``cid`` the HTML shows it in place."""

    name: str
    media_type: str
    content: bytes
    cid: str = ""


def post_mail(
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    attachments: Sequence[Attachment] = (),
    key: str | None = None,
    *,
    delay: timedelta = AT_ONCE,
    unsubscribe: str = "",
) -> int:
    """Have a letter sent to one address, inside a deed.

    Parameters
    ----------
    to
        One address; for several people write several letters.
    text, html
        The text is complete by itself; the HTML is its alternative.
    key
        The same letter asked for twice is one letter; a new one each time when left out.
    delay
        Time in which it can still be cancelled.
    unsubscribe
        Address for List-Unsubscribe by one POST.

    Raises
    ------
    Invalid
        No address, a subject of more than one line, characters that no text has, or more than 8 MiB.
    MaitredError
        Called outside of a deed.
    """
    content: dict[str, Any] = {
        "to": _address(to),
        "subject": _one_line("subject", subject)[:_LONGEST_SUBJECT],
        "text": text,
        "html": html,
        "attachments": [
            {
                "name": _one_line("attachments", one.name),
                "type": one.media_type,
                "content": base64.b64encode(one.content).decode(),
                "cid": _one_line("attachments", one.cid),
            }
            for one in attachments
        ],
        "unsubscribe": _one_line("unsubscribe", unsubscribe),
    }
    return _posted("mail", content["to"], content, key, delay)


def post_chat(
    url_secret_name: str,
    text: str,
    key: str | None = None,
    *,
    body: Mapping[str, Any] | None = None,
    delay: timedelta = AT_ONCE,
) -> int:
    """Have a message posted to a chat room, inside a deed.

    Parameters
    ----------
    url_secret_name
        Names the room's secret address.
    body
        The whole message as the room takes it, such as blocks or a card; the text alone unless given.
    """
    content = {"url_secret": url_secret_name, "text": text, "body": dict(body) if body else None}
    return _posted("chat", url_secret_name, content, key, delay)


def post_webhook(
    url: str,
    event: str,
    body: Mapping[str, Any],
    key: str | None = None,
    *,
    secret: str = "webhook",  # noqa: S107  (the secret's name)
    delay: timedelta = AT_ONCE,
) -> int:
    """Have a webhook called, inside a deed.

    Parameters
    ----------
    event
        Its type, as ``review.published``; stands beside the data in the body.
    body
        The data, as JSON has it.
    secret
        The name of the secret that signs it.
    """
    sent = {"type": event, "timestamp": clock.iso(clock.now()), "data": dict(body)}
    content = {"url": url, "body": json.dumps(sent, ensure_ascii=False), "secret": secret}
    return _posted("webhook", url, content, key, delay)


def _posted(kind: str, recipient: str, content: Mapping[str, Any], key: str | None, delay: timedelta) -> int:
    deeds.current()
    if _size(content) > MOST_BYTES:
        raise _invalid("attachments", "this is more than 8 MiB in all")
    mark = hashlib.sha256(f"{kind}:{key or uuid.uuid4().hex}".encode()).hexdigest()
    there = contents.by_key(mark)
    if there is not None:
        return there.pk
    effect = deeds.create(
        Effect, kind=kind, key=mark, recipient=contents.mark(recipient), not_before=clock.now() + delay
    )
    contents.keep(effect, content)
    return effect.pk


def _size(content: Mapping[str, Any]) -> int:
    try:
        return len(json.dumps(content, ensure_ascii=False).encode())
    except UnicodeEncodeError as error:
        raise _invalid("text", "this holds characters that no text has") from error


def _address(text: str) -> str:
    address = _one_line("to", text).strip()
    try:
        validate_email(address)
        address.encode("ascii")
    except (ValidationError, UnicodeEncodeError) as error:
        raise _invalid("to", "this is no mail address") from error
    return address


def _one_line(field: str, text: str) -> str:
    if any(sign in text for sign in "\r\n\x00"):
        raise _invalid(field, "this goes over more than one line")
    return text


def _invalid(field: str, message: str) -> Invalid:
    errors = ({"field": field, "message": message, "code": "invalid"},)
    return Invalid(f"this cannot be sent ({field}: {message})", "mend it", errors)
