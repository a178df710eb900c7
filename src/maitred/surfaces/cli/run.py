"""Runs the command line and answers failures: one line that names the thing and the remedy, or RFC 9457 with --json."""

from __future__ import annotations

import errno
import json
import os
import sys

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
    if isinstance(error, MaitredError):
        _failed(arguments, error.kind, error.what, error.remedy)
        return 2 if isinstance(error, UsageError) else 1
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return _failed(
            arguments,
            "disk-full",
            f"the disk is full ({error.filename or 'while writing'})",
            "free some space and run the command again; nothing half-written is shown",
        )
    if isinstance(error, OSError) and error.filename:
        return _failed(arguments, "file", f"{error.filename}: {error.strerror}", "check the path and its permissions")
    return _failed(
        arguments, "unexpected", f"{type(error).__name__}: {_one_line(str(error))}", "run it with --debug to see where"
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]


def _failed(arguments: list[str], kind: str, what: str, remedy: str) -> int:
    line = f"{what}: {remedy}" if remedy else what
    print(f"maitred: {_one_line(line)}", file=sys.stderr)
    if "--json" in arguments:
        problem = {
            "type": f"urn:maitred:problem:{kind}",
            "title": what,
            "status": 400 if kind == "usage" else 422,
            "detail": remedy,
        }
        print(json.dumps({"error": problem}))
    return 1
