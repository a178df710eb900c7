"""Letters: built with the text part first, handed to the mail server of the installation.

A mail server cannot be asked whether it has a letter, and a second copy is delivered twice: a connection that breaks
after the text was handed over leaves the letter ``unknown``, and a person decides. The Message-ID is made of the key,
so that a deliberate second copy is the same letter to programs that read it.
"""

from __future__ import annotations

import base64
import re
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from maitred.kit.outbox import channels
from maitred.kit.outbox.channels import Channel, Fate, Letter, Outcome
from maitred.kit.outbox.configuration import MailServer, NotConfigured, mail_server

_TIMEOUT_S = 30.0
_POLICY = policy.SMTP.clone(cte_type="7bit")
_QUEUED = re.compile(rb"queued as ([A-Za-z0-9_-]{1,60})")
_BUSY = range(400, 500)
_TAKEN = range(200, 300)


def send(letter: Letter) -> Outcome:
    """Hand one letter to the mail server."""
    server = mail_server()
    raw = built(letter, server).as_bytes(policy=_POLICY)
    try:
        smtp = _opened(server)
    except (smtplib.SMTPException, OSError) as error:
        return _before_the_text(error)
    try:
        return _handed_over(smtp, server, letter.content["to"], raw)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()
        smtp.close()


def built(letter: Letter, server: MailServer) -> EmailMessage:
    """The letter as it goes out: text, then HTML as the alternative, then attachments."""
    content = letter.content
    message = EmailMessage(policy=_POLICY)
    message["From"] = server.sender
    message["To"] = content["to"]
    message["Subject"] = content["subject"]
    message["Date"] = format_datetime(letter.asked_at)
    message["Message-ID"] = f"<{letter.key[:32]}@{_domain(server)}>"
    message["Auto-Submitted"] = "auto-generated"
    if content.get("unsubscribe"):
        message["List-Unsubscribe"] = f"<{content['unsubscribe']}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(content["text"])
    if content.get("html"):
        message.add_alternative(content["html"], subtype="html")
    for one in content.get("attachments", ()):
        _add(message, one, shown=bool(content.get("html")) and bool(one.get("cid")))
    return message


def _add(message: EmailMessage, one: Mapping[str, str], shown: bool) -> None:
    """A file beside the letter, or beside its HTML if that shows it in place."""
    kind, _, form = one["type"].partition("/")
    raw = base64.b64decode(one["content"])
    page = message.get_body(("related", "html")) if shown else None
    if page is not None:
        page.add_related(raw, kind, form, cid=f"<{one['cid']}>", filename=one["name"], disposition="inline")
    else:
        message.add_attachment(raw, maintype=kind, subtype=form, filename=one["name"])


def _opened(server: MailServer) -> smtplib.SMTP:
    """A connection that is encrypted and signed in as the entry says."""
    own_name = _domain(server)
    if server.transport == "tls":
        context = ssl.create_default_context()
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, own_name, timeout=_TIMEOUT_S, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, own_name, timeout=_TIMEOUT_S)
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.transport == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if server.user:
            smtp.login(server.user, server.password.value)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _handed_over(smtp: smtplib.SMTP, server: MailServer, to: str, raw: bytes) -> Outcome:
    try:
        for step, address in ((smtp.mail, parseaddr(server.sender)[1]), (smtp.rcpt, to)):
            code, _ = step(address)
            if code not in _TAKEN:
                return _refused(code)
    except (smtplib.SMTPException, OSError) as error:
        return _before_the_text(error)
    return _text(smtp, raw)


def _text(smtp: smtplib.SMTP, raw: bytes) -> Outcome:
    try:
        code, said = smtp.data(raw)
    except smtplib.SMTPDataError as error:
        return _refused(error.smtp_code)
    except (smtplib.SMTPException, OSError) as error:
        return Outcome(Fate.UNKNOWN, f"mail-{type(error).__name__}")
    if code not in _TAKEN:
        return _refused(code)
    queued = _QUEUED.search(said)
    return Outcome(Fate.SENT, provider_id=queued[1].decode() if queued else "")


def _before_the_text(error: Exception) -> Outcome:
    if isinstance(error, smtplib.SMTPResponseException):
        return _refused(error.smtp_code)
    return Outcome(Fate.LATER, f"mail-{type(error).__name__}")


def _refused(code: int) -> Outcome:
    return Outcome(Fate.LATER if code in _BUSY else Fate.FAILED, f"mail-{code}")


def _domain(server: MailServer) -> str:
    return server.sender.rpartition("@")[2].rstrip("> ") or "localhost"


def _ready() -> bool:
    try:
        mail_server()
    except NotConfigured:
        return False
    return True


channels.add("mail", Channel(send, repeatable=False, ready=_ready))
