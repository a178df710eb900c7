"""Runs the command line and answers failures: one line that names the thing and the remedy, or RFC 9457 with --json."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Mapping, Sequence

from maitred.base.errors import MaitredError, UsageError


def run(arguments: list[str]) -> int:
    """Run one command; returns the exit code."""
    debug = "--debug" in arguments
    arguments = [word for word in arguments if word != "--debug"]
    try:
        from maitred.surfaces.cli.app import app

        outcome = app(args=arguments, standalone_mode=True, prog_name="maitred")
        return int(outcome or 0)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else (0 if ended.code is None else 1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return _failed(arguments, "interrupted", "stopped at your wish", "run the command again to go on")
    except Exception as error:  # the one place where a traceback becomes a line
        if debug:
            raise
        return _answer(arguments, error)


def _answer(arguments: list[str], error: Exception) -> int:
    if isinstance(error, MaitredError) and not _disk_full(error.__cause__):
        _failed(arguments, error.kind, error.what, error.remedy, error.status, getattr(error, "errors", ()))
        return 2 if isinstance(error, UsageError) else 1
    if _disk_full(error):
        where = error.filename if isinstance(error, OSError) and error.filename else "while writing"
        remedy = "free some space and run the command again; nothing half-written is shown"
        return _failed(arguments, "disk-full", f"the disk is full ({where})", remedy)
    if isinstance(error, OSError) and error.filename:
        return _failed(arguments, "file", f"{error.filename}: {error.strerror}", "check the path and its permissions")
    return _failed(
        arguments, "unexpected", f"{type(error).__name__}: {_one_line(str(error))}", "run it with --debug to see where"
    )


_FULL_ERRNO = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_SQLITE = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE")
_FULL_WORDS = ("No space left on device", "File too large", "Disk quota exceeded", "disk is full")


def _disk_full(error: BaseException | None) -> bool:
    """Whether a failure or a cause of it is a disk (or quota) without room, in the words of any library that writes."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL_ERRNO:
            return True
        if getattr(error, "sqlite_errorname", "") in _FULL_SQLITE:
            return True
        if any(words in str(error) for words in _FULL_WORDS):
            return True
        error = error.__cause__ or error.__context__
    return False


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]


def _failed(
    arguments: list[str], kind: str, what: str, remedy: str, status: int = 422, errors: Sequence[Mapping[str, str]] = ()
) -> int:
    told = "; ".join(f"{one['field']}: {one['message']}" for one in errors if one["message"] != what)
    line = ": ".join(part for part in (what, told or remedy) if part)
    print(f"maitred: {_one_line(line)}", file=sys.stderr)
    if "--json" in arguments:
        problem = {"type": f"urn:maitred:problem:{kind}", "title": what, "status": status, "detail": remedy}
        print(json.dumps({"error": problem | ({"errors": list(errors)} if errors else {})}))
    return 1
