"""The peer of ``maitred bench pages``: a bare Django page over SQLite on the same kind of server."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import measuring

BARE = """
import sqlite3, threading
from django.conf import settings
settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="x" * 50, TEMPLATES=[
    {"BACKEND": "django.template.backends.django.DjangoTemplates"}])
import django
django.setup()
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.template import engines
from django.urls import path
here = threading.local()
page = engines["django"].from_string(
    "<table>{% for a, b, c in rows %}<tr><td>{{ a }}</td><td>{{ b }}</td><td>{{ c }}</td></tr>{% endfor %}</table>")
def rows(request, number):
    if not hasattr(here, "db"):
        here.db = sqlite3.connect("bare.db")
    found = here.db.execute("SELECT id, subject, status FROM tickets WHERE id >= ? LIMIT 50", (number,)).fetchall()
    return HttpResponse(page.render({"rows": found}))
urlpatterns = [path("rows/<int:number>/", rows)]
application = get_wsgi_application()
"""


def bare(beside: Path, workers: int, seconds: int) -> dict[str, Any]:
    """A page of fifty rows out of SQLite: no session, no rights, no figures."""
    import sqlite3

    folder = beside / f"bare-{os.getpid()}"
    folder.mkdir()
    try:
        (folder / "bare.py").write_text(BARE)
        table = sqlite3.connect(folder / "bare.db")
        table.execute("CREATE TABLE tickets (id INTEGER PRIMARY KEY, subject TEXT, status TEXT)")
        rows = ((one, f"Ticket {one} is about an export", "open") for one in range(100_000))
        table.executemany("INSERT INTO tickets VALUES (?, ?, ?)", rows)
        table.commit()
        plan_file = folder / "plan.json"
        addresses = [f"/rows/{place}/" for place in range(600)]
        plan_file.write_text(json.dumps({"sessions": {"nobody": [{}]}, "pools": {"desk": addresses}}))
        with socket.create_server(("127.0.0.1", 0)) as free:
            place = f"127.0.0.1:{free.getsockname()[1]}"
        words = [sys.executable, "-m", "gunicorn", "bare:application", "--bind", place, "--chdir", str(folder)]
        words += ["--workers", str(workers), "--worker-class", "gthread", "--threads", "8", "--log-level", "error"]
        words += ["--no-control-socket"]
        process = subprocess.Popen(words, stdout=sys.stderr, cwd=folder)
        try:
            _answers(f"http://{place}/rows/1/")
            part = ["--part", f"load http://{place}", "--home", str(plan_file)]
            asked = subprocess.run(
                [sys.executable, str(measuring.HERE / "pages.py"), *part],
                stdout=subprocess.PIPE,
                check=True,
                text=True,
                env={**os.environ, "MAITRED_BENCH_SECONDS": str(min(15, seconds)), "MAITRED_BENCH_WARM_UP": "4"},
            )
            found: dict[str, Any] = json.loads(asked.stdout)
            return found
        finally:
            process.terminate()
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _answers(address: str, patience: float = 30) -> None:
    import httpx

    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit(f"{address} does not answer")
