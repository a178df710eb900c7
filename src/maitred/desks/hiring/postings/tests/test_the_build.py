"""What the code itself must not do: hear, see or feel people (C9), read postcodes (C18), hide a refusal (C7)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import maitred
from maitred.kit.verbs.registry import register

SOURCE = Path(maitred.__file__).parent
ROOMS = (SOURCE / "desks" / "hiring", SOURCE / "insight" / "ranking")
SENSES = re.compile(
    r"^(?:cv2|face_recognition|deepface|mediapipe|dlib|librosa|sounddevice|soundfile|pyaudio|speech_recognition|whisper"
    r"|vosk|moviepy|av|imageio|torchaudio|torchvision|fer|opensmile|PIL|pytesseract|webrtcvad|pydub)(?:\.|$)"
)
FEELINGS = re.compile(r"(?:face|facial|voice|emotion|mood|gaze|personality)(?:_|$)", re.IGNORECASE)
ADDRESS = re.compile(r"(?:post(?:al)?_?code|zip_?code|street|postcode)", re.IGNORECASE)


def _modules() -> Iterator[tuple[Path, ast.Module]]:
    for room in ROOMS:
        for path in sorted(room.rglob("*.py")):
            if not {"tests", "migrations"} & set(path.relative_to(SOURCE).parts):
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_nothing_in_hiring_imports_code_that_hears_sees_or_feels() -> None:
    found = [(path.name, name) for path, tree in _modules() for name in _imports(tree) if SENSES.search(name)]
    assert found == []


def test_nothing_in_hiring_imports_tone_of_people() -> None:
    banned = ("maitred.insight.text.sentiment", "maitred.insight.text.dissatisfaction")
    assert [path.name for path, tree in _modules() for name in _imports(tree) if name.startswith(banned)] == []


def test_a_planted_import_would_be_found() -> None:
    planted = ["import cv2", "from deepface import DeepFace", "import librosa.feature"]
    assert all(any(map(SENSES.search, _imports(ast.parse(one)))) for one in planted)
    assert not any(map(SENSES.search, _imports(ast.parse("import average\nfrom avro import schema"))))


def test_no_column_of_search_is_an_address_or_a_sense() -> None:
    from maitred.insight.ranking.columns import PROFILE_COLUMNS

    names = list(PROFILE_COLUMNS.names)
    assert [one for one in names if ADDRESS.search(one) or FEELINGS.search(one)] == []
    assert [one for one in ("postcode", "zip_code", "street_name", "face_score") if
            not (ADDRESS.search(one) or FEELINGS.search(one))] == []  # fmt: skip


def test_every_verb_that_can_turn_a_candidate_down_takes_a_reason_and_is_done_by_somebody() -> None:
    verbs = [one for one in register().values() if one.group == "hiring" and one.kind == "action"]
    refusing = [one for one in verbs if re.search(r"reject|refuse|decline|turn_down|pass_over", one.name)]
    assert [one.id for one in refusing if not {"reason", "why", "note"} & set(one.parameters)] == []
    assert verbs
