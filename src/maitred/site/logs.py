"""Log lines of the whole process: JSON on standard error, one closed list of events, nothing personal in them.

Our own events come through structlog; those of Django, gunicorn and other libraries keep only their logger's name and
level, because their texts may quote what people sent. Security events are named ``security.…``; a file of their own,
named by ``MAITRED_SECURITY_LOG``, gets them as well.
"""

from __future__ import annotations

import logging
import logging.config
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from maitred.base import clock
from maitred.kit.safety.personal import scrub_event

EVENTS = frozenset(
    {
        *("request.answered", "request.failed", "server.started", "server.stopped", "library.message"),
        *("server.warmed", "server.not_warmed"),
        *("job.started", "job.ended", "job.failed", "worker.started", "worker.stopped", "outbox.sent", "outbox.failed"),
        *("security.signed_in", "security.sign_in_failed", "security.signed_out", "security.session_ended"),
        *("security.password_changed", "security.reset_asked", "security.factor_changed", "security.factor_failed"),
        *("security.reauthenticated", "security.access_refused", "security.token_refused", "security.limit_reached"),
        *("security.input_refused", "security.break_glass", "security.key_used", "security.sso_refused"),
        *("security.roles_changed",),
    }
)
"""Every name a log line may have; another one is written as ``unlisted``."""


def configure(options: Mapping[str, Any]) -> None:
    """Set up logging for this process; named by Django's ``LOGGING_CONFIG``."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            *CHAIN,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    logging.config.dictConfig(_plan(str(options.get("level", "INFO")), str(options.get("security_file", ""))))
    logging.raiseExceptions = False


def timed(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the instant, to the millisecond."""
    event["time"] = clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return event


def listed(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace a name that is not on the list, so that nobody logs free text."""
    if event.get("event") not in EVENTS:
        event["event"] = "unlisted"
    return event


def foreign(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What is kept of a library's line: whose it was and how bad, the class of its error; never its text."""
    record = event.get("_record")
    event["event"] = "library.message"
    if isinstance(record, logging.LogRecord):
        event["object"] = f"logger:{record.name}"
        if record.exc_info and record.exc_info[0] is not None:
            event["error"] = record.exc_info[0].__name__
    return event


CHAIN: tuple[Any, ...] = (timed, listed)


class OfSecurity(logging.Filter):
    """Lets security events through."""

    def filter(self, record: logging.LogRecord) -> bool:
        return isinstance(record.msg, dict) and str(record.msg.get("event", "")).startswith("security.")


def _plan(level: str, security_file: str = "") -> dict[str, Any]:
    before = [structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level, foreign, timed]
    handlers: dict[str, dict[str, Any]] = {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}
    }
    if security_file:
        place = {"filename": security_file, "encoding": "utf-8", "delay": True}
        handlers["security"] = {
            "class": "logging.handlers.WatchedFileHandler", "formatter": "json", "filters": ["security"], **place,
        }  # fmt: skip
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": "structlog.stdlib.ProcessorFormatter",
                "foreign_pre_chain": before,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    scrub_event,
                    structlog.processors.JSONRenderer(ensure_ascii=True),
                ],
            }
        },
        "filters": {"security": {"()": OfSecurity}},
        "handlers": handlers,
        "root": {"handlers": sorted(handlers), "level": "WARNING"},
        "loggers": {
            "maitred": {"level": level},
            "django.request": {"level": "ERROR"},
            "django.server": {"handlers": [], "propagate": False},
            "gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True},
            "gunicorn.access": {"handlers": [], "propagate": False},
        },
    }
