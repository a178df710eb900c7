"""The keyring on disk, when several processes come to it at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from maitred.kit.secrets.keyring import Keyring, Purpose

MAKE = (
    "import sys, pathlib; from maitred.kit.secrets.keyring import Keyring; Keyring(pathlib.Path(sys.argv[1])).create()"
)


@pytest.mark.slow
def test_several_who_make_the_keys_at_once_end_with_one_of_each(tmp_path: Path) -> None:
    for round_ in range(5):
        folder = tmp_path / str(round_)
        makers = [subprocess.Popen([sys.executable, "-c", MAKE, str(folder)]) for _ in range(6)]
        assert [one.wait(60) for one in makers] == [0] * 6
        found = {purpose: len(prints) for purpose, prints in Keyring(folder).fingerprints().items()}
        assert found == dict.fromkeys(Purpose, 1)
        assert len(list(folder.glob("*.key"))) == len(Purpose)
