"""The server: gunicorn in this process, its workers beside it, static files collected into the workspace before.

The process that is started never loads the application (its workers do), so that nothing with threads is forked.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings

from maitred.base.errors import MaitredError, WorkspaceMissing

THREADS = 8
GRACE = 25
_PREPARE = "import django; django.setup(); from maitred.surfaces.console.serving import prepare; prepare()"


class NotServed(MaitredError):
    """The server does not start like this."""

    kind = "not-served"


def serve(host: str = "127.0.0.1", port: int = 8000, workers: int = 2, tell: Callable[[str], None] = print) -> None:
    """Serve the workspace of ``MAITRED_HOME`` until SIGTERM or SIGINT; running requests get 25 seconds to end.

    ``tell`` gets one line, ``listening on http://HOST:PORT``, once a worker answers. Where this process has loaded
    Django already, it begins anew as the server under the same process id, and the line goes to standard output.

    Parameters
    ----------
    port
        0 takes a free one.

    Raises
    ------
    WorkspaceMissing
        There is no workspace.
    NotServed
        More than this machine is asked for in a demonstration, or without naming the hosts; or the settings are unsafe.
    """
    home = Path(os.environ.get("MAITRED_HOME") or "workspace").resolve()
    _permit(home, host)
    os.environ.update(MAITRED_HOME=str(home), DJANGO_SETTINGS_MODULE="maitred.site.settings")
    if not local(host):
        os.environ["MAITRED_HTTPS"] = "1"
    _prepared()
    if settings.configured:
        _begin_anew(host, port, workers)
    run(host, port, workers, tell)


def run(host: str, port: int, workers: int, tell: Callable[[str], None] = print) -> None:
    """The server itself, after everything was looked at; in a process that has not loaded Django."""
    with (
        tempfile.TemporaryDirectory(prefix="maitred-figures-") as figures,
        tempfile.TemporaryDirectory(prefix="maitred-texts-") as texts,
    ):
        os.environ["PROMETHEUS_MULTIPROC_DIR"], os.environ["MAITRED_SHARED_TEXTS"] = figures, texts
        _run(host, port, max(1, workers), tell)


def local(host: str) -> bool:
    """Whether an address to bind to is reached from this machine only."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def prepare() -> None:
    """What has to be done with Django once before serving: refuse unsafe settings, collect the static files.

    The script that draws charts is made first where it is missing: beside the package's own files, or in the workspace.
    """
    from django.core.management import call_command
    from django.utils.module_loading import import_string

    from maitred.kit.charts import bundle

    try:
        import_string("maitred.site.starting.refuse_unsafe")()
    except MaitredError as error:
        sys.exit(str(error))
    made = bundle.ensure(Path(settings.MAITRED_HOME) / "charts")
    settings.STATICFILES_DIRS = [made] if made != bundle.PACKAGED else []
    shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
    call_command("collectstatic", verbosity=0, interactive=False)


def _permit(home: Path, host: str) -> None:
    if not (home / "maitred.json").is_file():
        raise WorkspaceMissing(f"there is no workspace in {home}", "make one with `maitred init`, or set MAITRED_HOME")
    if local(host):
        return
    import json

    if json.loads((home / "maitred.json").read_text()).get("demo"):
        raise NotServed("a demonstration is served on this machine only", "leave --host out, or use `maitred init`")
    if not os.environ.get("MAITRED_HOSTS"):
        raise NotServed(
            f"{host} is reached by others", "name the hosts people use in MAITRED_HOSTS, and put TLS before it"
        )


def _prepared() -> None:
    """In a process of its own, which ends and leaves no thread behind."""
    command = [sys.executable, "-c", _PREPARE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  (our own words)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise NotServed(lines[-1] if lines else "the server could not be prepared", "mend it and start again")


def _begin_anew(host: str, port: int, workers: int) -> None:
    """Workers are forked, and what a loaded application holds (threads, locks, settings) must not be."""
    sys.stdout.flush()
    told = f"from maitred.surfaces.console.serving import run; run({host!r}, {port:d}, {workers:d})"
    os.execv(sys.executable, [sys.executable, "-c", told])  # noqa: S606  (our own words)


def _run(host: str, port: int, workers: int, tell: Callable[[str], None]) -> None:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in _options(host, port, workers, tell).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            from gunicorn.util import import_app

            _say_no_version()
            return import_app("maitred.site.wsgi:application")

    Server().run()


def _options(host: str, port: int, workers: int, tell: Callable[[str], None]) -> dict[str, Any]:
    shown = f"[{host}]" if ":" in host and not host.startswith("[") else host

    def ready(worker: Any) -> None:
        if worker.age == 1:
            tell(f"listening on http://{shown}:{worker.sockets[0].getsockname()[1]}")
            sys.stdout.flush()
        from maitred.surfaces.console import warming

        warming.start()

    def gone(_server: Any, worker: Any) -> None:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]

    return {
        "bind": f"{shown}:{port}",
        "workers": workers,
        "worker_class": "gthread",
        "threads": THREADS,
        "timeout": 60,
        "graceful_timeout": GRACE,
        "keepalive": 5,
        "limit_request_line": 8190,
        "limit_request_fields": 100,
        "limit_request_field_size": 8190,
        "control_socket_disable": True,
        "forwarded_allow_ips": "",
        "secure_scheme_headers": {},
        "max_requests": 0,
        "preload_app": False,
        "loglevel": "warning",
        "logger_class": _log_class(),
        "when_ready": lambda _server: structlog.get_logger("maitred.server").info("server.started"),
        "on_exit": lambda _server: structlog.get_logger("maitred.server").info("server.stopped"),
        "proc_name": "maitred",
        "post_worker_init": ready,
        "child_exit": gone,
    }


def _log_class() -> type[Any]:
    from gunicorn.glogging import Logger

    class Log(Logger):  # type: ignore[misc]
        """gunicorn's own lines go where all others go."""

        def setup(self, cfg: Any) -> None:
            from django.utils.module_loading import import_string

            import_string("maitred.site.logs.configure")({"level": os.environ.get("MAITRED_LOG_LEVEL", "INFO")})

    return Log


def _say_no_version() -> None:
    """gunicorn names itself in every answer and has no option against it."""
    from gunicorn.http.wsgi import Response

    plain = Response.default_headers

    def headers(self: Any) -> list[str]:
        return [line for line in plain(self) if not line.startswith("Server:")]

    Response.default_headers = headers
