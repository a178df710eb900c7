"""The load of ``maitred bench pages``: requests on a fixed beat, none of which waits for another.

Plain sockets, since the generator shares two cores with the server: each request comes on a connection of its own, as
through a proxy that keeps none, so that whichever worker is free takes it. Says what it and the server computed.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import random
import re
import time
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from pages_plan import READERS

SECONDS = int(os.environ.get("MAITRED_BENCH_SECONDS", "120"))
WARM_UP_S = int(os.environ.get("MAITRED_BENCH_WARM_UP", "60"))
RATE = 60
MIX = {"desk": 0.40, "drill": 0.25, "ticket": 0.20, "home": 0.10, "write": 0.05}
PATIENCE_S = 30
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    head: str
    packed: bytes

    @property
    def text(self) -> str:
        return (gzip.decompress(self.packed) if "content-encoding: gzip" in self.head.lower() else self.packed).decode()


class Client:
    """Asks one server."""

    def __init__(self, url: str) -> None:
        where = urlsplit(url)
        self.host, self.port, self.name = where.hostname or "", where.port or 80, where.netloc

    async def ask(self, method: str, path: str, cookies: dict[str, str], words: dict[str, str] | None = None) -> Answer:
        """One request.

        Raises
        ------
        OSError, TimeoutError
            There is no answer.
        """
        body = b"" if words is None else urlencode(words).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.name}", "Connection: close", "Accept-Encoding: gzip",
                 "Accept: text/html", "User-Agent: maitred-bench"]  # fmt: skip
        if cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()))
        if words is not None:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
            lines += [f"Referer: http://{self.name}{path}", f"Origin: http://{self.name}"]
        sent = "\r\n".join([*lines, "", ""]).encode() + body
        return await asyncio.wait_for(self._exchanged(sent), PATIENCE_S)

    async def _exchanged(self, sent: bytes) -> Answer:
        reader, writer = await asyncio.open_connection(self.host, self.port, limit=2**20)
        try:
            writer.write(sent)
            whole = await reader.read(-1)
        finally:
            writer.close()
        head, _, packed = whole.partition(b"\r\n\r\n")
        told = head.decode("latin-1")
        size = re.search(r"(?im)^content-length: (\d+)", told)
        if not told or (size is not None and int(size[1]) != len(packed)):
            raise ConnectionError("the answer ended early")
        return Answer(int(told.split(" ", 2)[1]), told, packed)


def load(url: str, plan_file: Path, server: int | None = None) -> dict[str, Any]:
    """Ask for every address once, warm up with a rising beat, then ask on a fixed beat; times in milliseconds by kind.

    ``server`` is the process whose children answer: then the share of a core that they used is told.
    """
    return asyncio.run(_load(url, json.loads(plan_file.read_text()), server))


async def _load(url: str, known: dict[str, Any], server: int | None) -> dict[str, Any]:
    asker = Asker(Client(url), known, random.Random(11))
    await asker.prepare()
    await asker.once_each()
    for step in range(4):
        await asker.beat(RATE * (step + 1) / 4, WARM_UP_S / 4)
    asker.forget()
    began, own, theirs = time.perf_counter(), time.process_time(), computed(server)
    await asker.beat(RATE, SECONDS)
    passed = time.perf_counter() - began
    requests = sum(len(one) for one in asker.times.values())
    return {
        "times": asker.times,
        "errors": len(asker.failed),
        "failed": asker.failed[:5],
        "requests": requests,
        "seconds": max(SECONDS, passed - 1),
        "addresses": len(asker.asked) / max(1.0, SECONDS / 60) if SECONDS < 60 else asker.fewest_a_minute(),
        "generator_cores": (time.process_time() - own) / passed,
        "server_ms": (computed(server) - theirs) * 1000 / max(1, requests),
    }


def computed(server: int | None) -> float:
    """Seconds that the children of a process have computed so far."""
    if server is None:
        return 0.0
    found = 0.0
    for one in Path(f"/proc/{server}/task/{server}/children").read_text().split():
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        found += (int(fields[11]) + int(fields[12])) / _TICK
    return found


class Asker:
    """Asks for pages as readers do, each in a session of their own."""

    def __init__(self, client: Client, known: dict[str, Any], chance: random.Random) -> None:
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
            answer = await self.client.ask("GET", "/settings/annotations/", session)
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.text)
            cookie = re.search(r"(?im)^set-cookie: (\S*maitred_csrf)=([^;\s]+)", answer.head)
            assert token is not None and cookie is not None, answer.status
            self.tokens.append(({**session, cookie[1]: cookie[2]}, token[1]))

    async def once_each(self) -> None:
        """Every address of the pools, two at a time: a console in use has been asked most of it before."""
        waiting = [(kind, address) for kind, some in self.known["pools"].items() for address in some]
        self.chance.shuffle(waiting)

        async def reader() -> None:
            while waiting:
                _, address = waiting.pop()
                with suppress(OSError, TimeoutError, ValueError):
                    await self.client.ask("GET", address, self.chance.choice(self.managers))

        await asyncio.gather(reader(), reader())

    async def beat(self, rate: float, seconds: float) -> None:
        """Requests at even distances."""
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
            problem = await (self._write() if kind == "write" else self._read(kind, due))
        except (OSError, TimeoutError, ValueError) as error:
            problem = f"{type(error).__name__} {kind}"
        self.times.setdefault(kind, []).append((time.perf_counter() - due) * 1000)
        if problem:
            self.failed.append(problem)

    async def _read(self, kind: str, due: float) -> str:
        address = self.chance.choice(self.known["pools"][kind])
        alone = kind == "ticket" or "team=" in address or "group=" in address
        session = self.chance.choice(self.managers if alone and self.managers else self.sessions)
        self.asked.setdefault(address, set()).add(int((due - self.began) // 60))
        answer = await self.client.ask("GET", address, session)
        return "" if answer.status == 200 else f"{answer.status} {address}"

    async def _write(self) -> str:
        cookies, token = self.tokens[self.number % len(self.tokens)]
        self.number += 1
        path, words = self._deed()
        given = {"csrfmiddlewaretoken": token, **words}
        async with self.one_setting_at_a_time if path == "/settings/theme/" else nullcontext():
            answer = await self.client.ask("POST", path, cookies, given)
        return "" if answer.status == 302 else f"{answer.status} {path}"

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
