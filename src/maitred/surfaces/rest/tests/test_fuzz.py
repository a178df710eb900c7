"""Whatever is sent to an operation, it answers as its document says and never with a failure of ours.

``MAITRED_FUZZ_EXAMPLES`` is the number of requests per operation; a nightly run asks for more.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.db import transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounds
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from maitred.kit.access.actor import Role
from maitred.kit.access.rights import SCOPES
from maitred.kit.verbs import run
from maitred.kit.verbs.registry import register
from maitred.people.models import Account
from maitred.site.wsgi import application
from maitred.surfaces.rest.tests.accounts import ROOT, account, signed_in, token
from maitred.surfaces.rest.tests.test_door import csrf

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.urls("maitred.surfaces.rest.tests.unlimited")]
EXAMPLES = int(os.environ.get("MAITRED_FUZZ_EXAMPLES", "8"))
STATUSES: Counter[int] = Counter()
"""What was answered how often, so that a run in which nothing got through does not pass."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def admin() -> Account:
    """An administrator in a house that holds something of most kinds."""
    top = run("people.add_team", ROOT, {"name": "Support"})
    below = run("people.add_team", ROOT, {"name": "Billing", "parent": top.id})
    person = run("people.add_person", ROOT, {"name": "Ana"})
    run("people.join_team", ROOT, {"person": person.id, "team": below.id})
    run("people.link_group", ROOT, {"team": below.id, "source": "zendesk", "external_id": "1"})
    return account("ada", *Role)


@pytest.mark.long
def test_the_session_of_an_account_with_every_role(admin: Account) -> None:
    client = signed_in(admin)
    proof = csrf(client)
    cookies = {name: one.value for name, one in client.cookies.items()}
    assert _faults(token(admin)[1], headers=proof, cookies=cookies) == {}
    assert min(STATUSES[status] for status in (200, 404, 422)) >= EXAMPLES


def test_a_manager_s_token(admin: Account) -> None:
    raw = token(account("mia", Role.MANAGER), sorted(SCOPES))[1]
    assert _faults(raw, headers={"Authorization": f"Bearer {raw}"}) == {}


def _faults(raw: str, **proof: dict[str, str]) -> dict[str, str]:
    """Send generated requests with a proof to every operation; what went wrong, by operation."""
    STATUSES.clear()
    reader = {"Authorization": f"Bearer {raw}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=application, headers=reader, config=_config())
    operations = [_sound(found) for found in schema.get_all_operations()]
    assert len(operations) == len(register())
    found = {one.label: _fault(one, proof) for one in operations}
    return {label: fault for label, fault in found.items() if fault}


def _sound(found: Any) -> Any:
    return found.ok()


def _config() -> SchemathesisConfig:
    """Proofs are ours, so that what is sent reaches the verbs."""
    generation = GenerationConfig(with_security_parameters=False)
    return SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))


def _fault(operation: Any, proof: dict[str, dict[str, str]]) -> str:
    sent = 0
    try:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            sent += _stormed(operation, mode, proof)
    except Unsatisfiable:  # nothing unfit can be sent to an operation that takes nothing
        pass
    except (FailureGroup, Failure, ExceptionGroup) as error:
        return "; ".join(f"{one.title}: {one.message}" for one in getattr(error, "exceptions", [error]))
    assert sent >= 1, operation.label
    return ""


def _stormed(operation: Any, mode: GenerationMode, proof: dict[str, dict[str, str]]) -> int:
    """Each request is undone, so that none hides the next; returns how many there were."""
    sent = 0

    @bounds(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def storm(case: Any) -> None:
        nonlocal sent
        if mode is GenerationMode.POSITIVE:
            case.headers.pop("If-Match", None)  # another version than the body's is refused before the verb is reached
        with transaction.atomic():
            case.headers["Accept-Encoding"] = "identity"  # the caller of an application in this process unpacks nothing
            answer = case.call(**proof)
            transaction.set_rollback(True)
        case.validate_response(answer, checks=CHECKS)
        sent += 1
        STATUSES[answer.status_code] += 1

    storm()
    return sent


def test_the_cookie_of_the_document_is_the_one_of_the_console(admin: Account) -> None:
    client = signed_in(admin)
    told = client.get("/api/v1/openapi.json").json()["components"]["securitySchemes"]["session"]["name"]
    assert told == settings.SESSION_COOKIE_NAME
