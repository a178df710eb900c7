"""How fast new messages are read (zones, language, tone, behaviours, promises, masks, index), with every socket closed.

A generated log of about 50,000 messages, each put between a greeting, a signature and what it quotes, is imported; then
the job of conversations reads it, and reads it again unchanged. Figures of single parts are of one core.
"""

from __future__ import annotations

import csv
import resource
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import measuring

MESSAGES = 50_000
_PER_TICKET = 3.8
ZONE = ZoneInfo("Europe/Berlin")
SENT = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
_SOME = 400


def figures(size: int) -> measuring.Sheet:
    from maitred.desks.conversations.reading import wordindex, working
    from maitred.desks.conversations.reading.wordindex import Wanted, match
    from maitred.metrics.refresh import open_workspace

    sheet = measuring.Sheet("text")
    with measuring.place() as folder:
        home = _workspace(folder, size)
        _close_sockets()
        with closing(open_workspace(home)) as workspace:
            publication = workspace.publication()
            assert publication is not None

            def read() -> Any:
                return working.refresh(workspace, publication, ZONE)

            begun, computed = time.perf_counter(), _computed()
            done = read()
            taken, computed = time.perf_counter() - begun, _computed() - computed
            assert done is not None
            # The goal is told for 50,000 messages.
            sheet.add("text.read_s", taken * MESSAGES / max(1, done.read), "s", goal="<= 240")
            # Of all processes together: what a busy machine changes less; two quiet cores take half of it by the clock.
            sheet.add("text.read_cpu_s", computed * MESSAGES / max(1, done.read), "s")
            sheet.add("text.read_per_s", done.read / taken, "messages/s")
            again = measuring.repeated(read, 3, warm=0)
            sheet.add("text.unchanged_s", again.median, "s", goal="<= 5")
            sheet.spread["text.unchanged_s"] = again.as_json()
            sheet.add("text.index_mib", (home / "readings" / wordindex.FILE).stat().st_size / 2**20, "MiB")

            def search() -> Any:
                return [
                    one for some in wordindex.search(home, Wanted(match('refund "still waiting"')), 25) for one in some
                ]

            found = measuring.repeated(search, 10)
            sheet.add("text.search_s", found.median, "s")
            sheet.spread["text.search_s"] = found.as_json()
            sheet.add("text.peak_gib", measuring.peak_gib(), "GiB")
            for name, per_s, goal in _parts():
                sheet.add(f"text.{name}_per_s", per_s, "texts/s", goal=goal)
    return sheet


def _computed() -> float:
    """Seconds that this process and those that it started have computed."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _parts() -> Iterator[tuple[str, float, str | None]]:
    """Single parts on one core, of a message with a signature and a quote."""
    from maitred.insight.text.behaviours import Turn, behaviours
    from maitred.insight.text.language import language_of
    from maitred.insight.text.personal import redact
    from maitred.insight.text.promises import promises
    from maitred.insight.text.zones import own_words
    from maitred.sync.screen import Known

    known = Known(names=("Jo Ruiz", "Ana Meyer"), emails=("jo@mail.example",))
    said = _wrapped("I am sorry that the export fails again. I will call you by Thursday.", 7)
    before = [Turn("customer", _wrapped("My export fails with error 4711 and nobody called.", 8))]
    listed: list[tuple[str, Callable[[str], Any], str | None]] = [
        ("zones", own_words, None),
        ("language", language_of, None),
        ("promises", lambda text: promises(text, SENT, ZONE), None),
        ("behaviours", lambda text: behaviours(text, before, (), known.names, "Export"), None),
        ("personal", lambda text: redact(text, known=known), ">= 500"),
    ]
    for name, work, goal in listed:
        texts = [f"{said}{number}" for number in range(_SOME)]
        work(said)
        begun = time.process_time()
        for text in texts:
            work(text)
        yield name, _SOME / max(1e-9, time.process_time() - begun), goal


def _workspace(folder: Path, size: int) -> Path:
    """A published workspace with texts as mail has them; its readings are made anew by each run."""
    from maitred.floor.log import write_log
    from maitred.metrics.pipeline import import_and_publish
    from maitred.metrics.refresh import open_workspace
    from maitred.sync.kinds import KINDS
    from maitred.sync.workspace import create

    home = folder / f"texts-{size}"
    if not home.is_dir():
        log, beside = folder / f"texts-log-{size}", folder / f".texts-{size}"
        shutil.rmtree(beside, ignore_errors=True)
        write_log(log, max(10, round(size / _PER_TICKET)), seed=5)
        _wrap_all(log / "ticket_comment.csv")
        create(beside)
        with closing(open_workspace(beside)) as workspace:
            import_and_publish(workspace, KINDS["fivetran-zendesk"](), log, name="texts")
        beside.rename(home)
    shutil.rmtree(home / "readings", ignore_errors=True)
    return home


def _wrap_all(path: Path) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    place = head.index("body")
    for number, row in enumerate(rows):
        row[place] = _wrapped(row[place], number)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([head, *rows])


def _wrapped(text: str, number: int) -> str:
    return (
        f"Hello,\n\n{text} The number is {40_000 + number}, you reach me at +49 30 5550{number % 10_000:04d}.\n\n"
        f"Kind regards\nAna Meyer\nDesk {number % 40}\n\nOn Tue, 3 Mar 2026 at 09:12, Jo Ruiz wrote:\n"
        "> It does not work since two days and I am waiting.\n> Please have a look.\n"
    )


def _close_sockets() -> None:
    """No socket of the network is opened from here on: what tries fails."""
    kept = socket.socket.connect

    def refuse(one: socket.socket, address: Any) -> None:
        if one.family != socket.AF_UNIX:
            raise OSError(f"a text was to be sent to {address}")
        kept(one, address)

    socket.socket.connect = refuse  # type: ignore[method-assign]


if __name__ == "__mp_main__":  # a process that reads beside this one
    _close_sockets()
if __name__ == "__main__":
    measuring.main(figures, MESSAGES)
