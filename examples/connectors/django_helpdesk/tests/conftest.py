"""A helpdesk that is started once for all tests, and the package as it is installed beside maitred."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import host

PACKAGE = Path(__file__).parents[1]
TICKETS = 24


@pytest.fixture(scope="session")
def helpdesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[host.Helpdesk]:
    """A real django-helpdesk with tickets."""
    try:
        python = host.interpreter()
    except host.NotFetched as why:
        pytest.skip(f"django-helpdesk cannot be fetched: {why}")
    with host.served(python, tmp_path_factory.mktemp("helpdesk"), TICKETS) as running:
        yield running


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """This package installed by pip, so that its entry point is found as any package's is."""
    folder = tmp_path_factory.mktemp("installed")
    source, target = folder / "source", folder / "target"
    left_out = shutil.ignore_patterns("tests", "__pycache__", "build", "*.egg-info")
    shutil.copytree(PACKAGE, source, ignore=left_out)
    alone = ("--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--quiet")
    words = [sys.executable, "-m", "pip", "install", *alone, "--target", str(target), str(source)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    sys.path.insert(0, str(target))
    yield target
    sys.path.remove(str(target))
