"""Few labels, outsiders, tone and unhappy customers: what each has to do on small texts."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from maitred.base.errors import BadInput
from maitred.insight.text import dissatisfaction, fewshot, sentiment
from maitred.insight.text.encoders import Lexical
from maitred.insight.text.features import plain
from maitred.insight.text.tests.worlds import TALK, asked, labelled, split_lines, talk_lines

OUTSIDE = ("play some jazz", "how tall is the moon", "tell me a joke about cats", "what is the capital of Peru")


def test_each_draw_learns_from_its_own_texts_alone(tmp_path: Path) -> None:
    lines = [
        one | ({"draws": [0] if one["label"] in ("L1", "L2") else [1]} if "label" in one else {})
        for one in split_lines()
    ]
    told = asked(tmp_path, "fewshot", lines)
    assert {(one["draw"], one["label"]) for one in told} == {(0, "L1"), (0, "L2"), (1, "L3"), (1, "L4")}
    asking = [one["id"] for one in lines if one["split"] == "test"]
    assert [one["id"] for one in told] == asking * 2
    with pytest.raises(BadInput, match="line 1: draws"):
        asked(tmp_path, "fewshot", [{"id": "a", "split": "train", "text": "x", "label": "L", "draws": ["0"]}, *lines])


def test_texts_without_labels_are_learned_from_only_where_they_win() -> None:
    texts, labels = zip(*labelled(), strict=True)
    known = [at for at in range(len(texts)) if at % 6 == 0]
    few = fewshot.learned(
        [texts[at] for at in known], [labels[at] for at in known], Lexical(), 1, [plain(one) for one in texts]
    )
    told = few.probabilities([plain(one) for one in texts]).argmax(axis=1)
    right = sum(few.classifier.labels[int(one)] == label for one, label in zip(told, labels, strict=True))
    assert right / len(texts) > 0.9


def test_what_belongs_nowhere_is_less_known_than_what_does(tmp_path: Path) -> None:
    outsiders = [
        {"id": f"n{at}", "split": "train", "text": f"{one} now", "label": None} for at, one in enumerate(OUTSIDE)
    ]
    asking = [{"id": f"o{at}", "split": "test", "text": one} for at, one in enumerate(OUTSIDE)]
    for known_outsiders in ([], outsiders):
        told = asked(tmp_path, "openset", [*split_lines(), *known_outsiders, *asking])
        inside = [one for one in told if one["id"].startswith("a")]
        outside = [one for one in told if one["id"].startswith("o")]
        assert min(one["known"] for one in inside) > max(one["known"] for one in outside)
        assert all(one["label"] is None for one in outside)
        assert sum(one["label"] == one["best"] for one in inside) >= len(inside) - 2


def test_the_start_model_hears_plain_words_and_is_not_called_calibrated() -> None:
    start = sentiment.start(Lexical())
    told = sentiment.sentiments(start, ["This is terrible, I am so angry", "Thank you, wonderful service", "> great\n"])
    assert told[0]["negative"] > 0.5 and told[1]["positive"] > 0.5
    assert all(abs(sum(one.values()) - 1) < 1e-5 for one in told) and not start.calibrated


def test_tone_is_learned_from_a_teams_own_words(tmp_path: Path) -> None:
    said = {"negative": "zork", "neutral": "blip", "positive": "fnord"}
    lines = [
        {"id": f"t{at}", "split": "train", "text": f"{word} {other}", "label": label}
        for at, ((label, word), other) in enumerate(product(said.items(), "abcdefgh"))
    ]
    lines += [{"id": label, "split": "test", "text": f"so {word}"} for label, word in said.items()]
    assert [one["label"] for one in asked(tmp_path, "sentiment", lines)] == [*said]


@pytest.mark.parametrize("trained", [0, 5])
def test_an_unhappy_turn_is_told_with_its_sentence_and_without_later_turns(tmp_path: Path, trained: int) -> None:
    lines = [*talk_lines("train", trained), *talk_lines("test", 1)]
    told = asked(tmp_path, "dissatisfaction", lines)
    assert [one["turn"] for one in told] == [0, 2, 4]
    assert max(told, key=lambda one: one["p"])["turn"] == 2
    ((start, end),) = told[1]["evidence"]
    assert TALK[2][1][start:end] in TALK[2][1].split(". ") or trained
    for cut in (1, 2):
        assert asked(tmp_path, "dissatisfaction", lines[: -2 * cut]) == told[:-cut]


def test_evidence_is_a_sentence_of_the_authors_own() -> None:
    text = "Hi,\r\n\r\nIt failed 👩‍👩‍👧. Where is it?\r\n> awful awful awful"
    (found,) = dissatisfaction.learned([], [], [], Lexical()).judged([dissatisfaction.Moment(text)])
    ((start, end),) = found.evidence
    assert text[start:end].strip() == text[start:end] and text[start:end] in ("It failed 👩‍👩‍👧.", "Where is it?")
