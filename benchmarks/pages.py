"""How quickly the console answers under load: mixed pages, 60 requests a second, on a workspace of a million tickets.

The workspace is that of ``maitred demo``, served by ``maitred serve`` with two workers; sessions are made through the
session store. Requests leave on a fixed beat whether or not earlier ones are answered, from a process of its own on the
same machine, and an answer's time counts from the instant at which its request was due. First with SQLite, then with
PostgreSQL as the operational database. The peer is a bare Django page over SQLite on the same kind of server, under the
same beat. ``MAITRED_BENCH_SECONDS`` and ``MAITRED_BENCH_WARM_UP`` shorten the runs.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import measuring
from pages_load import RATE, SECONDS, load
from pages_peer import bare as bare_peer
from pages_plan import READERS, plan
from pages_report import pdf

SIZES = {10_000: "small", 235_000: "medium", 1_200_000: "large", 10_000_000: "xl"}
"""About so many tickets."""
WORKERS = 2
FIRST_CHART = "/charts/service-levels/trend.json?metric=frt.business_all"


# ---------------------------------------------------------------- the whole


def figures(size: int) -> measuring.Sheet:
    size = min(SIZES, key=lambda one: abs(math.log(one / max(1, size))))  # the nearest of maitred demo
    sheet = measuring.Sheet("pages")
    sheet.add("pages.tickets", size, "tickets")
    sheet.add("pages.seconds", SECONDS, "s")
    errors = 0
    with measuring.place() as folder:
        home = _workspace(folder, size)
        bare = bare_peer(folder, WORKERS, SECONDS)
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
    done = found["load"]
    spread = measuring.Spread(tuple(one for times in done["times"].values() for one in times))
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
    for kind, times in done["times"].items():
        some = measuring.Spread(tuple(times))
        for label, value in (("p50", some.median), ("p95", some.p95()), ("p99", quantile(times, 0.99))):
            sheet.add(f"{name}.{kind}.{label}_ms", value, "ms")
        sheet.spread[f"{name}.{kind}_ms"] = some.as_json("ms")
    sheet.add(f"{name}.requests_per_s", done["requests"] / done["seconds"], "1/s", goal=f">= {RATE * 0.99:g}")
    sheet.add(f"{name}.addresses_per_minute", done["addresses"], "addresses", goal=">= 500")
    sheet.add(f"{name}.errors", done["errors"], "requests", goal="<= 0")
    sheet.add("first_chart_ms" if name == "sqlite" else f"{name}.first_chart_ms", found["chart"], "ms", goal="<= 300")
    sheet.add(f"{name}.warm_s", found["warm"], "s")
    sheet.add(f"{name}.server_gib", found["memory"], "GiB")
    sheet.add(f"{name}.server_ms_per_request", done["server_ms"], "ms")
    sheet.add(f"{name}.generator_cores", done["generator_cores"], "cores")
    if done["failed"]:
        measuring.note(f"{name}: {done['failed']}")
    return int(done["errors"])


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
        words = [
            sys.executable,
            str(measuring.HERE / "pages.py"),
            "--part",
            f"load {url} {process.pid}",
            "--home",
            str(plan),
        ]
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


def part(given: argparse.Namespace) -> Any:
    if given.part.startswith("load "):
        url, *server = given.part.split()[1:]
        return load(url, given.home, *(int(one) for one in server))
    return {"plan": plan, "pdf": pdf}[given.part](given)


if __name__ == "__main__":
    measuring.main(figures, 1_200_000, part)
