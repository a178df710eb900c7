"""Times the screen on clean data: ``python -m maitred.sync.screen.tests.throughput``. Not part of the test run.

Every figure is the best of five, in processor time of one thread; the last column says how the time compares with one
plain pass of RE2 (a search for thirteen digits in a row) over the same bytes in the same run.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from maitred.sync.screen import screen_column, screen_json_line, screen_json_lines, screen_text
from maitred.sync.screen.jsonlines import line_suspects

TEXT = (
    "the customer wrote that order number was delayed and we replied on Monday with a refund of invoice please check "
    "account login again thanks for the one"
)
WORDS = TEXT.split()
STATES = ("open", "pending", "solved", "high", "Tier 2")


def best(run: Callable[[], Any]) -> float:
    """Return the least processor time of five runs, in seconds."""
    spent = []
    for _ in range(5):
        started = time.process_time()
        run()
        spent.append(time.process_time() - started)
    return min(spent)


def body(draw: random.Random, words: int) -> str:
    """Make a ticket-like text: one word in twenty is a number, one text in ten mentions a card."""
    parts = [draw.choice(WORDS) if draw.random() > 0.05 else str(draw.randint(1, 99_999)) for _ in range(words)]
    return " ".join([*parts, "card"] if draw.random() < 0.1 else parts)


def history_value(draw: random.Random) -> str:
    return draw.choice((*STATES, str(draw.randrange(10**12)), f"2026-10-01 10:00:{draw.randrange(10, 60)}"))


def record(draw: random.Random, newest: int) -> bytes:
    """Make a ticket as a helpdesk sends it; its ids of thirteen digits start like card numbers do."""
    return orjson.dumps(
        {
            "id": newest + draw.randrange(10**11),
            "url": "https://example.org/api/v2/tickets/35436.json",
            "created_at": "2026-07-20T22:55:29Z",
            "updated_at": "2026-07-20 23:55:29.123",
            "subject": body(draw, 8),
            "description": f"<p>{body(draw, 30)}</p>",
            "requester_id": newest + draw.randrange(10**11),
            "assignee_id": 360_012_345_678,
            "tags": ["a", "b"],
            "via": {"channel": "web"},
            "custom_fields": [{"id": 27_642, "value": "745"}, {"id": 27_648, "value": "yes"}],
            "email_cc_ids": [],
            "priority": "high",
            "status": "open",
            "group_id": 98_738,
            "due_at": None,
            "has_incidents": False,
        }
    )


def show_column(name: str, column: Any) -> None:
    data = column.cast(pa.binary())
    bare = best(lambda: pc.match_substring_regex(data, pattern="[0-9]{13}"))
    spent = best(lambda: screen_column(column, "value"))
    speed = f"{column.nbytes / 1e6 / spent:6.0f} MB/s {len(column) / spent / 1e6:7.2f} M rows/s"
    print(f"{name:34} {spent * 1e3:7.0f} ms {speed} {spent / bare:6.1f} x bare")


def show_lines(name: str, chunk: bytes, lines: int) -> None:
    spent = best(lambda: screen_json_lines(chunk))
    speed = f"{len(chunk) / 1e6 / spent:6.0f} MB/s {lines / spent / 1e3:7.0f} k lines/s"
    print(f"{name:34} {spent * 1e3:7.0f} ms {speed} {len(line_suspects(chunk))} of {lines} lines read")


def main() -> None:
    """Print all figures."""
    draw = random.Random(1)
    show_column("text bodies, about 500 bytes", pa.array([body(draw, 90) for _ in range(100_000)]))
    show_column("history values, 1 to 20 characters", pa.array([history_value(draw) for _ in range(1_000_000)]))
    ids = [str(draw.randrange(4_400_000_000_000, 4_500_000_000_000)) for _ in range(1_000_000)]
    show_column("record ids of 13 digits as text", pa.array(ids))
    lines = [record(draw, 4_400_000_000_000) for _ in range(50_000)]
    chunk = b"\n".join(lines) + b"\n"
    print(f"a line has {len(chunk) / len(lines):.0f} bytes")
    show_lines("JSON lines", chunk, len(lines))
    show_lines("JSON lines, tags escaped", chunk.replace(b"<", rb"\u003c").replace(b">", rb"\u003e"), len(lines))
    some = lines[:1000]
    print(f"one line at a time: {best(lambda: [screen_json_line(line) for line in some]) * 1e3:.0f} us each")
    texts = [body(draw, 90) for _ in range(1000)]
    print(f"screen_text, clean, 500 bytes: {best(lambda: [screen_text(text) for text in texts]) * 1e3:.0f} us each")
    cards = ["Hi, my card 4111 1111 1111 1111 was charged, cvv 123. " + text[:200] for text in texts]
    print(f"screen_text, one card: {best(lambda: [screen_text(text) for text in cards]) * 1e3:.0f} us each")


if __name__ == "__main__":
    main()
