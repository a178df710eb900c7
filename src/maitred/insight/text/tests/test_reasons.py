"""Reasons: found on texts not seen, whatever stands around them and however they are typed."""

from __future__ import annotations

from pathlib import Path

from maitred.insight.text import reasons
from maitred.insight.text.encoders import Lexical
from maitred.insight.text.tests.worlds import asked, labelled, split_lines

AROUND = "Hello team,\n\n{}\n\nBest regards,\nAna Ruiz\n\nOn Tuesday, Support wrote:\n> I cannot sign in"


def test_reasons_of_new_texts_are_found_with_what_comes_next(tmp_path: Path) -> None:
    told = asked(tmp_path, "reasons", split_lines())
    gold = {f"a{at}": label for at, (_, label) in enumerate(labelled())}
    assert all(one["label"] == gold[one["id"]] for one in told)
    for one in told:
        chances = [p for _, p in one["top"]]
        assert one["top"][0] == [one["label"], one["p"]] and chances == sorted(chances, reverse=True)


def test_quotes_and_signatures_around_a_text_change_nothing() -> None:
    texts, labels = zip(*labelled(), strict=True)
    learned = reasons.learned(texts, labels, Lexical())
    bare = ["my parcel is late", "charged twice!"]
    assert reasons.reasons(learned, bare) == reasons.reasons(learned, [AROUND.format(one) for one in bare])


def test_labels_mean_nothing(tmp_path: Path) -> None:
    lines = split_lines()
    told = asked(tmp_path, "reasons", lines)
    other = {"L1": "Z", "L2": "b", "L3": "ä", "L4": "0"}
    renamed = asked(
        tmp_path, "reasons", [one | {"label": other[one["label"]]} if "label" in one else one for one in lines]
    )
    assert [other[one["label"]] for one in told] == [one["label"] for one in renamed]


def test_one_reason_and_few_texts_are_not_called_calibrated() -> None:
    learned = reasons.learned(["where is it"], ["L1"], Lexical())
    found = reasons.reasons(learned, ["anything"])[0]
    assert (found.label, found.p, found.calibrated) == ("L1", 1.0, False)
