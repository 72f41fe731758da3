"""The description in `spec/` is the code's own, and the running server keeps to it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import CHECKS
from schemathesis.core.failures import FailureGroup
from starlette.types import Receive, Scope, Send
from tests.harness.quick import Door

from firsthand import app
from firsthand.foundation.settings import Settings
from firsthand.protocol import wire
from firsthand.protocol.terms import ROSTER

ROOT = Path(__file__).resolve().parents[2]
OPENAPI = schemathesis.openapi.from_path(ROOT / "spec" / "openapi.json")
# What the description can be held to without the signatures that a generator cannot make.
NAMES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
KEPT: Any = CHECKS.get_by_names(NAMES)


@schemathesis.serializer(wire.TYPE_JOSE)
def as_text(_: object, value: object) -> bytes:
    """A statement travels as it is."""
    return str(value).encode()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """A real organisation, served; its address and its tokens by purpose."""
    door = Door()
    folder = tmp_path_factory.mktemp("spec") / "reel"
    made = app.found_hub(folder, name="Reel", url=door.url, settings=Settings())
    hub = app.open_hub(folder, Settings())
    tokens = made["tokens"]
    assert isinstance(tokens, dict)
    door.open(app.hub_application(hub))
    yield door.url, tokens
    door.close()
    hub.close()


def test_a_server_that_breaks_its_word_is_found() -> None:
    async def broken(scope: Scope, _: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"oh"})

    door = Door()
    door.open(broken)
    case = OPENAPI[wire.PATH_MYTERMS]["GET"].Case()
    with pytest.raises(FailureGroup):
        case.call_and_validate(base_url=door.url, checks=KEPT)
    door.close()


def test_the_files_are_what_the_code_says() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "spec.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_path_of_the_protocol_is_described() -> None:
    described = {path.split("/{")[0] for path in OPENAPI.raw_schema["paths"]}
    paths = {value for name, value in vars(wire).items() if name.startswith("PATH_")}
    assert described == paths


@OPENAPI.parametrize()
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_is_asked_the_answer_is_as_described(
    case: Case[Any], served: tuple[str, dict[str, str]]
) -> None:
    url, _ = served
    case.call_and_validate(base_url=url, checks=KEPT)


@pytest.mark.parametrize("name", ROSTER)
@pytest.mark.parametrize("form", ["txt", "json"])
def test_each_text_is_as_described(
    served: tuple[str, dict[str, str]], name: str, form: str
) -> None:
    url, _ = served
    case = OPENAPI[f"{wire.PATH_TERMS}/{{name}}.{form}"]["GET"].Case(path_parameters={"name": name})
    answer = case.call_and_validate(base_url=url, checks=KEPT)
    assert answer.status_code == 200


@OPENAPI.include(path=wire.PATH_FACTS).parametrize()
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_facts_with_a_token_are_as_described(
    case: Case[Any], served: tuple[str, dict[str, str]]
) -> None:
    url, tokens = served
    headers = {"Authorization": f"Bearer {tokens['personalisation']}"}
    case.call_and_validate(base_url=url, headers=headers, checks=KEPT)
