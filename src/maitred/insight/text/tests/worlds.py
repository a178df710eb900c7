"""Small self-written texts to learn from: four reasons with ways to say each, and lines of the eval command."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from maitred.insight.text.evaluating import evaluate

REASONS = {
    "L1": (
        ("where is my parcel", "the parcel has not come", "my delivery is late", "no sign of the delivery"),
        "shipping",
    ),
    "L2": (("I was charged twice", "there is a second charge", "you billed me double", "a charge came twice"), "money"),
    "L3": (("I cannot sign in", "the password is refused", "my login fails", "sign in does not work"), "account"),
    "L4": (
        ("how do I return the shoes", "I want to send it back", "returning an item", "a return label please"),
        "back",
    ),
}
TAILS = ("", " since Monday", " again, what now", ", can you look", " and nobody answers", " please help")


def labelled() -> list[tuple[str, str]]:
    """Texts with their reasons."""
    return [(said + tail, label) for label, (ways, _) in REASONS.items() for said, tail in product(ways, TAILS)]


def split_lines() -> list[dict[str, Any]]:
    """Lines of the task ``reasons``: one tail of each way is asked for."""
    return [
        {"id": f"a{at}", "split": "test", "text": text, "odd": 1}
        if text.endswith("can you look")
        else {"id": f"a{at}", "split": "train", "text": text, "label": label}
        for at, (text, label) in enumerate(labelled())
    ]


TALK = (
    ("customer", "Where is my order 123?"),
    ("agent", "I am looking."),
    ("customer", "It is still not here. This is ridiculous, I have asked three times."),
    ("agent", "Sorry, I cannot find it."),
    ("customer", "Thank you, that is a great help"),
)


def talk_lines(split: str, count: int) -> list[dict[str, Any]]:
    """Turns of conversations, rated where they are to be learned from."""
    rated = {0: 3.0, 2: 1.5, 4: 4.5}
    return [
        {"conversation": f"{split}{at}", "turn": turn, "role": role, "text": text, "split": split}
        | ({"rating": rated[turn]} if split == "train" and turn in rated else {})
        for at in range(count)
        for turn, (role, text) in enumerate(TALK)
    ]


def asked(folder: Path, task: str, lines: Sequence[Mapping[str, Any] | str], seed: int = 1) -> list[dict[str, Any]]:
    """The answers of a task to lines, at tier 0."""
    source, target = folder / "in.jsonl", folder / "out.jsonl"
    source.write_text("".join(one if isinstance(one, str) else json.dumps(one) + "\n" for one in lines), "utf-8")
    evaluate(task, source, target, "lexical", seed, folder / "models")
    return [json.loads(one) for one in target.read_text(encoding="utf-8").splitlines()]
