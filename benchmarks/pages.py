"""How quickly the console answers under load: mixed pages, 60 requests a second, on a workspace of a million tickets.

The workspace is that of ``maitred demo``, served by ``maitred serve`` with two workers; sessions are made through the
session store. Requests leave on a fixed beat whether or not earlier ones are answered, from a process of its own on the
same machine, and an answer's time counts from the instant at which its request was due. First with SQLite, then with
PostgreSQL as the operational database. The peer is a bare Django page over SQLite on the same kind of server, under the
same beat. ``MAITRED_BENCH_SECONDS`` and ``MAITRED_BENCH_WARM_UP`` shorten the runs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import measuring

SIZES = {400: "small", 4_000: "medium", 100_000: "large", 1_000_000: "xl"}
SECONDS = int(os.environ.get("MAITRED_BENCH_SECONDS", "120"))
WARM_UP_S = int(os.environ.get("MAITRED_BENCH_WARM_UP", "60"))
RATE = 60
WORKERS = 2
MIX = {"desk": 0.40, "drill": 0.25, "ticket": 0.20, "home": 0.10, "write": 0.05}
POOL = {"desk": 260, "drill": 240, "ticket": 200, "home": 20}
"""Addresses of each kind; every minute meets nearly all of them."""
FIRST_CHART = "/charts/service-levels/trend.json?metric=frt.business_all"
READERS = ("manager@demo", "lead@demo", "lead2@demo")
SESSIONS_EACH = 10


# ---------------------------------------------------------------- the whole


def figures(size: int) -> measuring.Sheet:
    if size not in SIZES:
        raise SystemExit(f"--size is one of {', '.join(str(one) for one in SIZES)}: those of maitred demo")
    sheet = measuring.Sheet("pages")
    sheet.add("pages.tickets", size, "tickets")
    sheet.add("pages.seconds", SECONDS, "s")
    errors = 0
    with measuring.place() as folder:
        home = _workspace(folder, size)
        bare = _bare(folder)
        for name in ("sqlite", "postgresql"):
            with measuring.copied(home) as copy, _database(name, copy) as environment:
                found = _measured(copy, environment)
            errors += _told(sheet, name, found, bare)
        with measuring.copied(home) as copy:
            pdf = measuring.child("pages.py", "--part", "pdf", "--home", str(copy))
    sheet.add("errors", errors, "requests", goal="<= 0")
    sheet.add("pdf_s", pdf["seconds"], "s", goal="<= 3")
    sheet.add("pdf.pages", pdf["pages"], "pages", goal=">= 10")
    sheet.add("pdf.charts", pdf["charts"], "charts", goal=">= 8")
    return sheet


def _told(sheet: measuring.Sheet, name: str, found: dict[str, Any], bare: dict[str, Any]) -> int:
    load = found["load"]
    spread = measuring.Spread(tuple(one for times in load["times"].values() for one in times))
    peer = measuring.Spread(tuple(one for times in bare["times"].values() for one in times))
    sheet.add(
        f"{name}.p95_ms",
        spread.p95(),
        "ms",
        goal="<= 200",
        peer="a bare Django page over SQLite, p95",
        peer_value=peer.p95(),
        ratio=spread.p95() / peer.p95(),
    )
    for kind, times in load["times"].items():
        some = measuring.Spread(tuple(times))
        for label, value in (("p50", some.median), ("p95", some.p95()), ("p99", quantile(times, 0.99))):
            sheet.add(f"{name}.{kind}.{label}_ms", value, "ms")
        sheet.spread[f"{name}.{kind}_ms"] = some.as_json("ms")
    sheet.add(f"{name}.requests_per_s", load["requests"] / load["seconds"], "1/s", goal=f">= {RATE * 0.99:g}")
    sheet.add(f"{name}.addresses_per_minute", load["addresses"], "addresses", goal=">= 500")
    sheet.add(f"{name}.errors", load["errors"], "requests", goal="<= 0")
    sheet.add("first_chart_ms" if name == "sqlite" else f"{name}.first_chart_ms", found["chart"], "ms", goal="<= 300")
    sheet.add(f"{name}.warm_s", found["warm"], "s")
    sheet.add(f"{name}.server_gib", found["memory"], "GiB")
    if load["failed"]:
        measuring.note(f"{name}: {load['failed']}")
    return int(load["errors"])


def quantile(times: list[float], share: float) -> float:
    """The smallest time that at least this share does not exceed."""
    return sorted(times)[max(0, -(-round(share * 1000) * len(times) // 1000) - 1)]


def _workspace(folder: Path, size: int) -> Path:
    """The demonstration of that size, made once."""
    home = folder / f"demo-{size}"
    if not (home / "publications").is_dir():
        measuring.note(f"making a demonstration of {size:,} tickets (not measured)")
        shutil.rmtree(home, ignore_errors=True)
    words = [sys.executable, "-m", "maitred", "demo", "--size", SIZES[size], "--json"]
    subprocess.run(words, env=_environment(home), stdout=subprocess.DEVNULL, check=True)
    return home


def _environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAITRED_") or "BENCH" in name}
    path = os.pathsep.join(filter(None, (str(measuring.HERE.parent / "src"), kept.get("PYTHONPATH"))))
    return {**kept, "PYTHONPATH": path, "MAITRED_HOME": str(home), **more}


@contextmanager
def _database(name: str, home: Path) -> Iterator[dict[str, str]]:
    """What the server's environment says of the operational database."""
    if name == "sqlite":
        yield _environment(home)
        return
    sys.path.insert(0, str(measuring.HERE.parent))
    from tests.postgres import NoServer, server

    with ExitStack() as stack:
        try:
            url = stack.enter_context(server())
        except NoServer as lacking:
            raise SystemExit(str(lacking)) from lacking
        fresh = f"bench_{os.getpid()}"
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{fresh}"')  # type: ignore[call-overload]
        target = url.rsplit("/", 1)[0] + f"/{fresh}"
        words = [sys.executable, "-m", "maitred", "database", "move", "--to", target]
        subprocess.run(words, env=_environment(home), stdout=sys.stderr, check=True)
        try:
            yield _environment(home, MAITRED_DATABASE=target)
        finally:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{fresh}" WITH (FORCE)')  # type: ignore[call-overload]


# ---------------------------------------------------------------- serving


def _measured(home: Path, environment: dict[str, str]) -> dict[str, Any]:
    """The first chart after warming, then the load, then what the workers hold."""
    plan = home / "plan.json"
    words = [sys.executable, str(measuring.HERE / "pages.py"), "--part", "plan", "--home", str(home)]
    plan.write_text(subprocess.run(words, env=environment, stdout=subprocess.PIPE, check=True, text=True).stdout)
    serve = [sys.executable, "-m", "maitred", "serve", "--port", "0", "--workers", str(WORKERS)]
    log = home / "server.log"
    with _running(serve, environment, log) as (url, process):
        warm = _wait_until_warm(log)
        chart = _first_chart(url, json.loads(plan.read_text()))
        words = [sys.executable, str(measuring.HERE / "pages.py"), "--part", f"load {url}", "--home", str(plan)]
        done = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True)
        memory = _resident(process.pid)
    return {"load": json.loads(done.stdout), "chart": chart, "warm": warm, "memory": memory}


@contextmanager
def _running(words: list[str], environment: dict[str, str], log: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server that has said where it listens."""
    with log.open("w") as errors:
        process = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)
        try:
            assert process.stdout is not None
            url = next((found[0] for line in process.stdout if (found := re.search(r"http://\S+", line))), None)
            if url is None:
                raise SystemExit(f"the server did not start: {log.read_text()[-500:]}")
            yield url, process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _wait_until_warm(log: Path, patience: float = 300) -> float:
    """Seconds until every worker says that it is warm."""
    began = time.monotonic()
    while log.read_text().count("server.warmed") < WORKERS:
        if time.monotonic() - began > patience or "server.not_warmed" in log.read_text():
            raise SystemExit(f"the workers did not become warm: {log.read_text()[-500:]}")
        time.sleep(0.2)
    return time.monotonic() - began


def _first_chart(url: str, plan: dict[str, Any]) -> float:
    """Milliseconds of the first drawing that a manager asks for."""
    import httpx

    with httpx.Client(base_url=url, cookies=plan["sessions"][READERS[0]][0]) as client:
        began = time.perf_counter()
        answer = client.get(FIRST_CHART)
        took = (time.perf_counter() - began) * 1000
    if answer.status_code != 200 or not answer.json():
        raise SystemExit(f"the first chart answered {answer.status_code}")
    return took


def _resident(parent: int) -> float:
    """GiB that the workers hold."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    states = [Path(f"/proc/{one}/status").read_text() for one in children]
    return sum(int(re.findall(r"VmRSS:\s*(\d+)", one)[0]) for one in states) / 2**20


# ---------------------------------------------------------------- who asks what


def plan(given: argparse.Namespace) -> dict[str, Any]:
    """Sessions of the demonstration's readers, and the addresses that they ask for."""
    _django(given.home)
    from django.conf import settings
    from django.contrib.sessions.backends.db import SessionStore
    from sqlglot import exp

    from maitred.kit.reading import published
    from maitred.people.models import Account, Team

    sessions: dict[str, list[dict[str, str]]] = {}
    for account in Account._base_manager.filter(username__in=READERS):
        sessions[account.username] = []
        for _ in range(SESSIONS_EACH):
            store = SessionStore()
            store["_auth_user_id"], store["_auth_user_hash"] = str(account.pk), account.get_session_auth_hash()
            store["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
            store.save()
            sessions[account.username].append({settings.SESSION_COOKIE_NAME: str(store.session_key)})
    with published(None) as ask:
        last = max(date.fromisoformat(one["as_of"][:10]) for one in ask.publication.sources.values())
        found = ask.engine.query(
            exp.select("source_id", "external_id", "group_id").from_("tickets").order_by("source_id", "external_id")
        )
    chance = random.Random(7)
    places = [chance.randrange(found.num_rows) for _ in range(min(POOL["ticket"], found.num_rows // 100))]
    tickets = [(found["source_id"][place].as_py(), found["external_id"][place].as_py()) for place in places]
    groups = sorted({one for one in found["group_id"].to_pylist() if one})
    teams = [str(one) for one in Team._base_manager.filter(groups__isnull=False).values_list("pk", flat=True)]
    return {"sessions": sessions, "pools": _pools(chance, last, tickets, groups, sorted(set(teams)))}


def _pools(
    chance: random.Random, last: date, tickets: list[tuple[str, str]], groups: list[str], teams: list[str]
) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {"ticket": [], "desk": [], "drill": [], "home": []}
    for place, (source, ticket) in enumerate(tickets):
        tab = {3: "?tab=conversation", 4: "?tab=changes"}.get(place % 5, "")
        made["ticket"].append(f"/tickets/{source}/{ticket}/{tab}")
    makers: dict[str, Callable[[], tuple[str, dict[str, str]]]] = {
        "desk": lambda: _desk(chance),
        "drill": lambda: _drill(chance, groups),
        "home": lambda: ("/", {}),
    }
    for kind, make in makers.items():
        seen: dict[str, None] = {}
        while len(seen) < POOL[kind]:
            path, own = make()
            words = {**_narrowed(chance, last, teams, alone="group" in own), **own}
            if len(tickets) < POOL["ticket"]:  # a small demonstration has no second page
                words.pop("page", None)
            seen[f"{path}?{urlencode(words)}" if words else path] = None
        made[kind] = list(seen)
    return made


def _narrowed(chance: random.Random, last: date, teams: list[str], alone: bool) -> dict[str, str]:
    """A period, and for every second address a filter."""
    first = last - timedelta(days=chance.randrange(8, 250))
    span = f"{first}..{min(last - timedelta(days=1), first + timedelta(days=chance.choice((6, 13, 27, 34))))}"
    usual = ("last-28d", "last-7d", "last-14d", "last-56d", "this-month", "last-week")
    words = {"period": chance.choice(usual) if chance.random() < 0.4 else span}
    if chance.random() < 0.5:
        name, values = chance.choice(
            (("channel", ["email", "web", "chat"]), ("priority", ["urgent", "high", "normal"]), ("team", teams))
        )
        if values and not (alone and name == "team"):
            words[name] = chance.choice(values)
    if chance.random() < 0.15:
        words["hours"] = "calendar"
    return words


def _desk(chance: random.Random) -> tuple[str, dict[str, str]]:
    pages = (
        ("/service-levels/", 0.35),
        ("/service-levels/attainment/", 0.20),
        ("/service-levels/backlog/", 0.15),
        ("/service-levels/breaches/", 0.10),
        ("/service-levels/bottlenecks/", 0.10),
        ("/service-levels/policy/", 0.05),
        ("/service-levels/reconciliation/", 0.05),
    )
    path = chance.choices([one for one, _ in pages], [weight for _, weight in pages])[0]
    own: dict[str, str] = {}
    if path == "/service-levels/":
        own = {"clock": chance.choice(("frt", "nrt", "full_resolution")), "by": chance.choice(("group", "priority"))}
    elif path.endswith(("attainment/", "backlog/", "bottlenecks/")):
        own = {"by": chance.choice(("group", "priority", "channel"))}
    return path, own


def _drill(chance: random.Random, groups: list[str]) -> tuple[str, dict[str, str]]:
    clocks = ("frt.business_all", "nrt.business_all", "full_resolution.business_all")
    metric = chance.choice((*clocks, "sla.attainment", "backlog", "csat.rate"))
    own: dict[str, str] = {}
    if metric == "sla.attainment" and chance.random() < 0.5:
        own["part"] = "missed"
    if chance.random() < 0.4:
        own["sort"] = chance.choice(("at", "-at", *(("value", "-value") if "business" in metric else ())))
    if chance.random() < 0.3:
        own["group"] = chance.choice(groups)
    if metric in clocks and "group" not in own and chance.random() < 0.3:
        own["page"] = "2"
    return f"/drill/{metric}/", own


def _django(home: Path) -> None:
    os.environ.update(MAITRED_HOME=str(home), DJANGO_SETTINGS_MODULE="maitred.site.settings", MAITRED_LOG_LEVEL="ERROR")
    import django

    django.setup()


# ---------------------------------------------------------------- load


def load(url: str, plan_file: Path) -> dict[str, Any]:
    """Warm up with a rising beat, then ask on a fixed beat; times in milliseconds by kind."""
    return asyncio.run(_load(url, json.loads(plan_file.read_text())))


async def _load(url: str, known: dict[str, Any]) -> dict[str, Any]:
    import httpx

    chance = random.Random(11)
    limits = httpx.Limits(max_connections=400, max_keepalive_connections=100)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=30) as client:
        asker = Asker(client, known, chance)
        await asker.prepare()
        for step in range(4):
            await asker.beat(RATE * (step + 1) / 4, WARM_UP_S / 4)
        asker.forget()
        began = time.perf_counter()
        await asker.beat(RATE, SECONDS)
        seconds = max(SECONDS, time.perf_counter() - began - 1)
    return {
        "times": asker.times,
        "errors": len(asker.failed),
        "failed": asker.failed[:5],
        "requests": sum(len(one) for one in asker.times.values()),
        "seconds": seconds,
        "addresses": len(asker.asked) / max(1.0, SECONDS / 60) if SECONDS < 60 else asker.fewest_a_minute(),
    }


class Asker:
    """Asks for pages as readers do, each in a session of their own."""

    def __init__(self, client: Any, known: dict[str, Any], chance: random.Random) -> None:
        self.client, self.known, self.chance = client, known, chance
        self.sessions = [one for some in known["sessions"].values() for one in some]
        self.managers = known["sessions"].get(READERS[0], [])
        self.tokens: list[tuple[dict[str, str], str]] = []
        self.number = 0
        self.one_setting_at_a_time = asyncio.Lock()
        self.forget()

    def forget(self) -> None:
        """Begin to count anew."""
        self.times: dict[str, list[float]] = {}
        self.failed: list[str] = []
        self.asked: dict[str, set[int]] = {}
        self.began = time.perf_counter()

    def fewest_a_minute(self) -> int:
        minutes = range(SECONDS // 60)
        return min(sum(minute in some for some in self.asked.values()) for minute in minutes)

    async def prepare(self) -> None:
        """The hidden token of the forms, once for each manager's session."""
        for session in self.managers:
            answer = await self.client.get("/settings/annotations/", headers=_cookie(session))
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.text)
            cookie = next(one for one in answer.headers.get_list("set-cookie") if "maitred_csrf" in one)
            name, _, value = cookie.partition(";")[0].partition("=")
            assert token is not None, answer.status_code
            self.tokens.append(({**session, name: value}, token[1]))
            self.client.cookies.clear()

    async def beat(self, rate: float, seconds: float) -> None:
        """Requests at even distances, none of which waits for another."""
        kinds = [one for one in MIX if self.known["pools"].get(one) or (one == "write" and self.tokens)]
        weights = [MIX[one] for one in kinds]
        began = time.perf_counter()
        running: set[asyncio.Task[None]] = set()
        for place in range(int(rate * seconds)):
            due = began + place / rate
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            kind = self.chance.choices(kinds, weights)[0]
            task = asyncio.create_task(self.one(kind, due))
            running.add(task)
            task.add_done_callback(running.discard)
        if running:
            await asyncio.gather(*running)

    async def one(self, kind: str, due: float) -> None:
        try:
            answer, wanted = await (self._write() if kind == "write" else self._read(kind, due))
            problem = "" if answer.status_code == wanted else f"{answer.status_code} {answer.request.url}"
        except Exception as error:  # noqa: BLE001  (whatever went wrong counts as an error)
            problem = f"{type(error).__name__} {kind}"
        self.times.setdefault(kind, []).append((time.perf_counter() - due) * 1000)
        if problem:
            self.failed.append(problem)

    async def _read(self, kind: str, due: float) -> tuple[Any, int]:
        address = self.chance.choice(self.known["pools"][kind])
        alone = kind == "ticket" or "team=" in address or "group=" in address
        session = self.chance.choice(self.managers if alone and self.managers else self.sessions)
        self.asked.setdefault(address, set()).add(int((due - self.began) // 60))
        return await self.client.get(address, headers=_cookie(session)), 200

    async def _write(self) -> tuple[Any, int]:
        session, token = self.tokens[self.number % len(self.tokens)]
        self.number += 1
        path, words = self._deed()
        given = {"csrfmiddlewaretoken": token, **words}
        async with self.one_setting_at_a_time if path == "/settings/theme/" else nullcontext():
            return await self.client.post(path, data=given, headers={**_cookie(session), "Referer": path}), 302

    def _deed(self) -> tuple[str, dict[str, str]]:
        if self.number % 3 == 0:
            name = f"View {os.getpid()}-{self.number}"
            words = {"name": name, "path": "/service-levels/", "query": "period=last-14d", "audience": "private"}
            return "/settings/views/add/", words
        if self.number % 3 == 1:
            day = (date(2026, 1, 1) + timedelta(days=self.number % 300)).isoformat()
            words = {"first_day": day, "kind": "other", "text": f"Note {self.number}", "audience": "private"}
            return "/settings/annotations/", words
        return "/settings/theme/", {"theme": self.chance.choice(("light", "dark", "system"))}


def _cookie(session: dict[str, str]) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in session.items())}


# ---------------------------------------------------------------- the peer

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


def _bare(beside: Path) -> dict[str, Any]:
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
        words += ["--workers", str(WORKERS), "--worker-class", "gthread", "--threads", "8", "--log-level", "error"]
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
                env={**os.environ, "MAITRED_BENCH_SECONDS": str(min(15, SECONDS)), "MAITRED_BENCH_WARM_UP": "4"},
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


# ---------------------------------------------------------------- a report


def pdf(given: argparse.Namespace) -> dict[str, Any]:
    """Seconds of a report of ten pages and eight charts on a period that nobody asked for before, in a warm process."""
    _django(given.home)
    from dataclasses import replace

    from django.http import HttpRequest

    from maitred.desks.service_levels import sections
    from maitred.desks.service_levels.pages.opening import opened
    from maitred.kit.access.actor import operator
    from maitred.kit.documents import pdf as printed
    from maitred.kit.documents.sections import ChartBlock, Section, TableBlock

    def report(days: int) -> tuple[Any, bytes]:
        request = HttpRequest()
        request.method, request.path, request.GET = "GET", "/service-levels/", {"period": f"last-{days}d"}  # type: ignore[assignment]
        request.actor = operator("bench")  # type: ignore[attr-defined]
        with opened(request) as one:
            made = sections.document(one)
        kept, left = [], 8
        for section in made.sections:
            blocks = []
            for block in section.blocks:
                if isinstance(block, ChartBlock):
                    left -= 1
                    if left < 0:
                        continue
                blocks.append(block)
            kept.append(replace(section, blocks=tuple(blocks)))
        lines = tuple((f"Ticket {place}", "Billing", f"{place} min", "met") for place in range(170))
        kept.append(Section("Tickets looked at", (TableBlock(("Ticket", "Group", "Took", "Target"), lines, "Rows"),)))
        document = replace(made, sections=tuple(kept))
        return document, printed.render(document)

    report(28)
    times = []
    for days in (27, 26, 25):
        begun = time.perf_counter()
        document, body = report(days)
        times.append(time.perf_counter() - begun)
    charts = sum(isinstance(block, ChartBlock) for section in document.sections for block in section.blocks)
    return {"seconds": sorted(times)[1], "pages": _pages(body), "charts": charts}


def _pages(body: bytes) -> int:
    import io

    from pypdf import PdfReader

    return len(PdfReader(io.BytesIO(body)).pages)


def part(given: argparse.Namespace) -> Any:
    if given.part.startswith("load "):
        return load(given.part.split()[1], given.home)
    return {"plan": plan, "pdf": pdf}[given.part](given)


if __name__ == "__main__":
    measuring.main(figures, 1_000_000, part)
