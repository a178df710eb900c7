"""The image and the composition, as far as they can be read without an engine: what they name is there."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import requires
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import typer.main
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from containers.runtime_lock import needed, roots
from maitred.site.addresses import PUBLIC
from maitred.surfaces.cli.app import app
from tests.documents import tracked
from tests.house import REPOSITORY, SOURCE
from tests.variables import known

DOCKERFILE = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("web", "worker")
PROJECT = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
LOCK = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction of a Dockerfile, its lines joined."""

    name: str
    rest: str

    @property
    def words(self) -> list[str]:
        """Its words, whether they stand as JSON or as shell text."""
        told = self.rest.removeprefix("CMD ") if self.name == "HEALTHCHECK" else self.rest
        found: list[str] = json.loads(told) if told.startswith("[") else shlex.split(told)
        return found


@cache
def stages() -> list[list[Instruction]]:
    """The instructions of each stage."""
    lines = [line for line in DOCKERFILE.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found: list[list[Instruction]] = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        name, _, rest = line.partition(" ")
        found += [[]] if name == "FROM" else []
        found[-1].append(Instruction(name, " ".join(rest.split())))
    return found


def instructions(name: str, stage: int | None = None) -> list[Instruction]:
    """The instructions of a name, of every stage or of one."""
    return [one for part in (stages() if stage is None else [stages()[stage]]) for one in part if one.name == name]


def variables() -> dict[str, str]:
    """What the image sets in the environment."""
    return dict(word.split("=", 1) for one in instructions("ENV", -1) for word in one.words)


def parsed(words: list[str]) -> dict[str, Any]:
    """A call of the program as it understands it; fails where there is no such command or option."""
    command: Any = typer.main.get_command(app)
    path: list[str] = []
    while hasattr(command, "commands"):
        assert words[0] in command.commands, f"there is no command {' '.join([*path, words[0]])}"
        path.append(words[0])
        command, words = command.commands[words[0]], words[1:]
    values: dict[str, Any] = command.make_context(path[-1], list(words)).params
    return {"command": " ".join(path), **values}


def test_every_image_has_a_version_and_it_is_not_the_latest() -> None:
    bases = [one.words[0] for one in instructions("FROM")] + [one["image"] for one in SERVICES.values()]
    versions = [base.partition(":")[2] for base in bases]
    assert all(re.match(r"\d", version) for version in versions), bases


def test_the_python_of_the_image_is_one_that_the_package_takes() -> None:
    versions = {one.words[0].partition(":")[2].partition("-")[0] for one in instructions("FROM")}
    assert len(versions) == 1
    assert versions.pop() in SpecifierSet(tomllib.loads(PROJECT)["project"]["requires-python"])


def test_what_is_copied_is_there_and_goes_to_the_builder() -> None:
    copied = [one.words for one in instructions("COPY")]
    own = [word for words in copied if not words[0].startswith("--from=") for word in words[:-1]]
    let_in = {
        line[1:].strip("/") for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    assert {word for word in own if not (REPOSITORY / word).exists()} == set()
    assert set(own) == let_in


def test_a_stage_copies_from_an_earlier_one_what_that_one_made() -> None:
    (taken,) = [one.words for one in instructions("COPY", -1)]
    assert taken[0] == f"--from={instructions('FROM', 0)[0].words[-1]}"
    assert any(f"-m venv {taken[1]} " in f"{one.rest} " for one in instructions("RUN", 0))
    assert variables()["PATH"].split(":")[0] == f"{taken[2]}/bin"


def test_nothing_is_fetched_but_pinned_packages() -> None:
    assert instructions("ADD") == []
    installs = [part for one in instructions("RUN") for part in one.rest.split("&&") if "pip install" in part]
    assert installs
    assert all("--require-hashes" in part or "--no-index" in part for part in installs)
    assert not re.search(r"\b(curl|wget|git clone)\b|https?://(?!127\.0\.0\.1)", DOCKERFILE)


def test_no_layer_holds_a_secret() -> None:
    assert instructions("ARG") == []
    assert [name for name in variables() if re.search(r"PASSWORD|SECRET|TOKEN|_KEY$|DATABASE", name)] == []
    composed = [str(value) for one in SERVICES.values() for value in one["environment"].values()]
    secret = re.compile(r"PASSWORD|SECRET|TOKEN|_KEY$|DATABASE")
    named = {name: value for one in SERVICES.values() for name, value in one["environment"].items()}
    assert composed
    assert {n: v for n, v in named.items() if secret.search(n) and not re.fullmatch(r"\$\{\w+:-\}", v)} == {}


def test_the_program_runs_as_somebody_without_rights() -> None:
    users = [one.rest for one in stages()[-1] if one.name == "USER"]
    assert len(users) == 1
    assert all(int(part) > 999 for part in users[0].split(":"))
    after = [one.name for one in stages()[-1][stages()[-1].index(Instruction("USER", users[0])) :]]
    assert {"ENTRYPOINT", "CMD", "HEALTHCHECK"} <= set(after)


def test_the_image_starts_a_command_that_there_is_on_the_port_that_it_names() -> None:
    (entry,), (command,) = instructions("ENTRYPOINT"), instructions("CMD", -1)
    assert entry.words[0] in tomllib.loads(PROJECT)["project"]["scripts"]
    call = parsed([*entry.words[1:], *command.words])
    (port,) = instructions("EXPOSE")
    assert (call["command"], call["host"], str(call["port"])) == ("serve", "0.0.0.0", port.rest)


def test_the_health_check_asks_an_address_that_answers_everybody() -> None:
    (check,) = instructions("HEALTHCHECK")
    (port,) = instructions("EXPOSE")
    asked = re.search(r"http://127\.0\.0\.1:(\d+)/(\w+)'", check.rest)
    assert asked
    assert asked.group(1) == port.rest
    assert asked.group(2) in PUBLIC


def test_every_module_that_the_image_runs_is_there() -> None:
    run = [one.words for one in instructions("RUN", -1) if one.rest.startswith("[")]
    modules = [words[words.index("-m") + 1] for words in run]
    assert modules
    assert [name for name in modules if find_spec(name) is None] == []


def test_the_environment_that_is_set_is_known_to_the_product() -> None:
    named = {*variables(), *(name for one in OURS for name in SERVICES[one]["environment"])}
    assert {name for name in named if name.startswith("MAITRED_")} - known() == set()


@pytest.mark.parametrize("service", OURS)
def test_every_command_of_the_composition_exists(service: str) -> None:
    assert parsed([str(word) for word in SERVICES[service]["command"]])["command"] in ("serve", "worker")


@pytest.mark.parametrize("service", OURS)
def test_only_volumes_can_be_written_and_they_hold_everything_that_the_image_writes(service: str) -> None:
    one = SERVICES[service]
    mounted = {volume.split(":")[0]: volume.split(":")[1] for volume in one["volumes"]}
    (declared,) = instructions("VOLUME")
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert set(mounted.values()) == set(declared.words)
    assert set(mounted) <= set(COMPOSE["volumes"])
    places = [variables()[name] for name in ("MAITRED_HOME", "MAITRED_KEYS", "NUMBA_CACHE_DIR")]
    assert all(any(place.startswith(volume) for volume in declared.words) for place in places)
    assert one["tmpfs"]


def test_the_workspace_is_a_folder_in_its_volume_so_that_a_restore_can_put_it_there() -> None:
    (declared,) = instructions("VOLUME")
    home = Path(variables()["MAITRED_HOME"])
    assert str(home.parent) in declared.words
    assert str(home) not in declared.words


def test_the_server_is_reached_through_a_proxy_of_this_machine_only() -> None:
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    assert published == {"web": ["127.0.0.1:8000:8000"]}
    assert SERVICES["web"]["environment"]["MAITRED_HTTPS"] == "1"


def test_postgresql_starts_only_where_it_is_asked_for() -> None:
    assert SERVICES["database"]["profiles"] == ["postgresql"]
    assert [name for name, one in SERVICES.items() if "profiles" in one] == ["database"]
    assert not any(SERVICES[name]["depends_on"]["database"]["required"] for name in OURS)


def test_every_package_that_runs_is_in_the_image_and_no_other() -> None:
    pins = needed(LOCK, roots(PROJECT))
    in_image = {pin.name for pin in pins}
    elsewhere = {pin.name for pin in pins if not _applies(pin.lines[0])}
    here = _installed(tomllib.loads(PROJECT)["project"]["dependencies"])
    assert here - in_image == set()
    assert in_image - here - elsewhere == set()
    assert in_image & {"pytest", "hypothesis", "mypy", "ruff", "pyspark-client", "pysail", "schemathesis"} == set()


def test_every_pin_of_the_image_has_hashes() -> None:
    pins = needed(LOCK, roots(PROJECT))
    assert len(pins) > 50
    assert [pin.name for pin in pins if not any("--hash=sha256:" in line for line in pin.lines)] == []


def test_a_package_that_the_lock_lacks_is_named() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        needed(LOCK, {"nowhere"})


@pytest.mark.slow
def test_the_wheel_holds_every_file_that_is_not_a_program(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(REPOSITORY / name, tmp_path)
    shutil.copytree(SOURCE, tmp_path / "src" / "maitred", ignore=shutil.ignore_patterns("__pycache__", "tests"))
    words = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "-w", "made", "."]
    subprocess.run([sys.executable, *words], cwd=tmp_path, check=True, timeout=120)
    (wheel,) = (tmp_path / "made").glob("*.whl")
    inside = set(ZipFile(wheel).namelist())
    files = [path.relative_to(SOURCE.parent) for path in tracked() if path.is_relative_to(SOURCE)]
    assert [str(path) for path in files if "tests" not in path.parts and str(path) not in inside] == []


def test_docker_reads_the_composition() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("no docker client with `compose` here")
    done = subprocess.run([docker, "compose", "config", "--quiet"], cwd=REPOSITORY, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def _installed(dependencies: list[str]) -> set[str]:
    """Names of everything that some requirements lead to, by what the packages that are installed here say."""
    found: set[tuple[str, str]] = set()
    waiting = [(Requirement(one), "") for one in dependencies]
    while waiting:
        told, asked_for = waiting.pop()
        if told.marker is not None and not told.marker.evaluate({"extra": asked_for}):
            continue
        new = {(_canonical(told.name), extra) for extra in ("", *told.extras)} - found
        found |= new
        waiting += [(Requirement(text), extra) for name, extra in new for text in requires(name) or []]
    return {name for name, _ in found}


def _applies(pin: str) -> bool:
    marker = Requirement(pin.removesuffix("\\").strip()).marker
    return marker is None or marker.evaluate({key: str(value) for key, value in default_environment().items()})


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
