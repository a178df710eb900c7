"""A fake helpdesk from the command line: it says where it is, and serves until it is interrupted."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from maitred.base.errors import BadInput, NotFound
from maitred.connectors.fakes import VENDORS, fake

RUN = "import sys; from maitred.connectors.fakes import run; run(sys.argv[1], 20, 3, sys.argv[2])"


@pytest.fixture
def served() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", RUN, "zendesk", "none"], stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.wait()


def test_it_prints_its_address_and_how_to_sign_in_and_ends_when_interrupted(served: subprocess.Popen[str]) -> None:
    assert served.stdout is not None
    told = [served.stdout.readline().strip() for _ in range(4)]
    url = re.fullmatch(r"zendesk with 20 tickets: (http://127\.0\.0\.1:\d+)", told[0])
    keys = dict(line.split(": ") for line in told[1:3])
    assert url and set(keys) == {"email", "token"}
    reply = httpx.get(f"{url[1]}/api/v2/tickets/count.json", auth=(f"{keys['email']}/token", keys["token"]))
    assert reply.json()["count"]["value"] == 20
    served.send_signal(signal.SIGINT)
    assert served.communicate(timeout=20)[0].strip() == "ended" and served.returncode == 0


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_vendor_has_one_that_is_the_same_for_the_same_seed(vendor: str) -> None:
    with fake(vendor, 5, 7, "random:1") as one, fake(vendor, 5, 7, "none") as other:
        assert len(one.faults) > 0 and other.faults == []
        assert httpx.get(f"{one.url}/__truth").status_code == httpx.get(f"{other.url}/__truth").status_code == 200


def test_what_there_is_not_is_said() -> None:
    with pytest.raises(NotFound, match="no fake 'jira'"):
        fake("jira", 5, 1, "none")
    with pytest.raises(BadInput, match="faults cannot be read"):
        fake("zendesk", 5, 1, "everything, at once")
