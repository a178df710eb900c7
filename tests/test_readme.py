"""The README's example: every command is run in order, and prints exactly what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents import README, answered, examples
from tests.house import House

EXAMPLES = examples(README.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each command prints, run in their order over one workspace that the first of them makes."""
    house = House(Path(tmp_path_factory.mktemp("readme")) / "workspace")
    return [answered(house, example.command) for example in EXAMPLES]


def test_the_example_goes_from_import_over_metrics_to_explain() -> None:
    verbs = [example.command.split()[1] for example in EXAMPLES]
    assert verbs[0] == "init"
    assert list(dict.fromkeys(verbs)) == ["init", "import", "metrics", "explain"]


@pytest.mark.parametrize("place", range(len(EXAMPLES)), ids=[example.command for example in EXAMPLES])
def test_a_command_of_the_readme_prints_what_the_page_says(place: int, printed: list[str]) -> None:
    assert printed[place] == EXAMPLES[place].output


def test_the_two_commands_of_the_readme_are_targets_of_the_makefile() -> None:
    makefile = (README.parent / "Makefile").read_text(encoding="utf-8")
    assert "make demo\nmake test\n" in README.read_text(encoding="utf-8")
    assert "\ndemo:" in makefile
    assert "\ntest:" in makefile
