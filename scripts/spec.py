"""Write what is made from code: the schemas and the OpenAPI description in `spec/`, the drawings.

`python scripts/spec.py` writes them; `--check` only compares, and fails if they differ.
"""

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

import msgspec
from sources_page import sources_page

from firsthand.protocol import wire
from firsthand.protocol.agreement_life import LIFE, P7012_STATUS
from firsthand.protocol.agreements import Answer, Proffer
from firsthand.protocol.changes import Change, ChangeReceipt
from firsthand.protocol.discovery import Document
from firsthand.protocol.exported_log import ExportedLog
from firsthand.protocol.keylog import KeyEntry
from firsthand.protocol.reads_told import ReadsTold
from firsthand.protocol.receipts import (
    Ending,
    ErasureReceipt,
    ReceiptJson,
    RevocationReceipt,
)
from firsthand.protocol.refusals import REASONS
from firsthand.protocol.rights import Request, Status
from firsthand.protocol.roles.profile_rules import Answered, Item
from firsthand.protocol.signals import Signal
from firsthand.protocol.terms import ROSTER, Terms
from firsthand.vault.settle import CASE

SPEC = Path(__file__).resolve().parent.parent / "spec"
PAGE = SPEC.parent / "docs" / "agreements.md"
SOURCES = SPEC.parent / "docs" / "sources.md"
CASES = SPEC.parent / "docs" / "pictures" / "case.svg"
PICTURE = SPEC.parent / "docs" / "pictures" / "agreement-life.svg"
STATEMENTS: dict[str, Any] = {
    "organisation": Document,
    "proffer": Proffer,
    "answer": Answer,
    "change": Change,
    "change-receipt": ChangeReceipt,
    "signal": Signal,
    "receipt": ReceiptJson,
    "ending": Ending,
    "revocation-receipt": RevocationReceipt,
    "erasure-receipt": ErasureReceipt,
    "key-entry": KeyEntry,
    "reads-told": ReadsTold,
    "rights-request": Request,
    "rights-status": Status,
    "log": ExportedLog,
    "profile-answered": Answered,
    "catalogue": list[Item],
}
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """A JSON Schema for every statement that travels, by its file's name."""
    return {
        name: {"$schema": DIALECT, **msgspec.json.schema(kind, schema_hook=_anything)}
        for name, kind in STATEMENTS.items()
    }


def _anything(kind: type) -> dict[str, Any]:
    """Where the code says `object`, any JSON value is meant."""
    if kind is not object:
        raise NotImplementedError(kind)
    return {"description": "Any JSON value."}


def openapi() -> dict[str, Any]:
    """The routes between the two sides as an OpenAPI 3.1 document."""
    _, components = msgspec.json.schema_components(
        [*STATEMENTS.values()],
        ref_template="#/components/schemas/{name}",
        schema_hook=_anything,
    )
    components["Problem"] = _problem()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Firsthand: what an organisation's side answers",
            "version": wire.VERSION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": _paths(),
        "components": {
            "schemas": components,
            "securitySchemes": {"purposeToken": {"type": "http", "scheme": "bearer"}},
        },
    }


def _problem() -> dict[str, Any]:
    return {
        "title": "Problem",
        "description": "An RFC 9457 problem document: why something was not taken.",
        "type": "object",
        "required": ["type", "title", "status", "detail", "reason", "outcome"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "reason": {"enum": sorted(REASONS)},
            "outcome": {"enum": ["retry", "final"]},
        },
    }


def _paths() -> dict[str, Any]:
    receipt = _object(receipt={"type": "string"})
    message = _object(n={"type": "integer"}, jws={"type": "string"})
    invite = _object(
        organisation={"type": "string"},
        account={"type": ["string", "null"]},
        expires={"type": "string"},
    )
    return {
        wire.PATH_DISCOVERY: {"get": _get("Who this is, signed.", {"type": "object"})},
        wire.PATH_MYTERMS: {"get": _get("Accepted agreements (IEEE 7012).", {"type": "object"})},
        wire.PATH_INVITES + "/{token}": {
            "get": _get("What an invitation says.", invite, [_in_path("token")])
        },
        wire.PATH_CATALOGUES + "/{sha256}": {
            "get": _get("A published catalogue.", {"type": "array"}, [_in_path("sha256")])
        },
        wire.PATH_AGREEMENTS: {
            "post": _post(
                "Proffer terms.",
                wire.TYPE_JOSE,
                {"type": "string"},
                _object(answer={"type": "string"}, decision={"type": "string"}),
            )
        },
        wire.PATH_SIGNALS: {
            "post": _post(
                "Give a batch of signals.",
                wire.TYPE_BATCH,
                {"type": "array", "items": {"$ref": "#/components/schemas/Signal"}},
                {"$ref": "#/components/schemas/ReceiptJson"},
            )
        },
        wire.PATH_INBOX: {
            "get": _get(
                "What the organisation has to say.",
                _object(messages={"type": "array", "items": message}, more={"type": "boolean"}),
                [_in_query("after", {"type": "integer", "minimum": 0})],
                signed=True,
            )
        },
        **_terms(),
        **_changes(receipt),
        **_told(),
        **_evidence(),
        wire.PATH_FACTS: {"get": _facts()},
    }


def _terms() -> dict[str, Any]:
    """The texts that proposals name."""
    text = _get("The exact text of an agreement, which a hash is taken over.", {"type": "string"},
                [_in_path("name")], media_type="text/plain; charset=utf-8")  # fmt: skip
    machine = _object(id={"type": "string"}, purposes={"type": "array"})
    return {
        wire.PATH_TERMS + "/{name}.txt": {"get": text},
        wire.PATH_TERMS + "/{name}.json": {
            "get": _get("What a machine may conclude from it.", machine, [_in_path("name")])
        },
    }


def _changes(receipt: dict[str, Any]) -> dict[str, Any]:
    """The paths by which an agreement ends, rests and goes on."""
    return {
        wire.PATH_REVOCATIONS: {"post": _ending("End an agreement.", receipt)},
        wire.PATH_ERASURES: {"post": _ending("End an agreement and erase.", receipt)},
        wire.PATH_CHANGES: {
            "post": _post(
                "Pause an agreement, or go on with it.",
                wire.TYPE_JSON,
                {"$ref": "#/components/schemas/Change"},
                receipt,
            )
        },
    }


def _told() -> dict[str, Any]:
    """What a person is told of what was done with their data."""
    after = _in_query("after", {"type": "integer", "minimum": 0})
    told = _object(signed={"type": "string"})
    status, named = _object(status={"type": "string"}), _in_path("id")
    asked = {"$ref": "#/components/schemas/Request"}
    part = _object(
        request={"type": "string"},
        things={"type": "array", "items": {"type": "object"}},
        next={"type": "integer"},
        more={"type": "boolean"},
    )
    return {
        wire.PATH_READS: {"get": _get("Who looked, signed.", told, [after], signed=True)},
        wire.PATH_RIGHTS: {"post": _post("Ask by right.", wire.TYPE_JSON, asked, status)},
        wire.PATH_RIGHTS + "/{id}": {
            "get": _get("Where a request stands, signed.", status, [named], signed=True),
            "delete": _get("Take a request back, or lift it.", status, [named], signed=True),
        },
        wire.PATH_RIGHTS + "/{id}/data": {
            "get": _get("What was asked for, in parts.", part, [named, after], signed=True)
        },
    }


def _evidence() -> dict[str, Any]:
    """What anybody may check."""
    texts = {"type": "array", "items": {"type": "string"}}
    hashes = {"type": "array", "items": {"type": "string", "pattern": "^[0-9a-f]{64}$"}}
    sizes = [
        {**_in_query(name, {"type": "integer", "minimum": 0}), "required": True}
        for name in ("first", "second")
    ]
    return {
        wire.PATH_LOG: {
            "get": _get("The newest checkpoint of the log.", _object(checkpoint={"type": "string"}))
        },
        wire.PATH_LOG_CONSISTENCY: {
            "get": _get("The proof that the log only grew.", _object(proof=hashes), sizes)
        },
        wire.PATH_KEYS: {"get": _get("The log of keys, the first one first.", _object(keys=texts))},
    }


def _facts() -> dict[str, Any]:
    operation = _get(
        "Facts for the organisation's own systems.",
        _object(facts={"type": "array", "items": {"type": "object"}}, next={"type": "integer"}),
        [
            _in_query("after", {"type": "integer", "minimum": -1}),
            _in_query("purpose", {"type": "string"}),
        ],
    )
    return {**operation, "security": [{"purposeToken": []}]}


def _ending(summary: str, answer: dict[str, Any]) -> dict[str, Any]:
    return _post(summary, wire.TYPE_JSON, {"$ref": "#/components/schemas/Ending"}, answer)


def _get(
    summary: str,
    answer: dict[str, Any],
    parameters: list[dict[str, Any]] | None = None,
    *,
    signed: bool = False,
    media_type: str = wire.TYPE_JSON,
) -> dict[str, Any]:
    headers = [_in_header("Signature-Input"), _in_header("Signature")] if signed else []
    return {
        "summary": summary,
        "parameters": [*(parameters or []), *headers],
        "responses": _responses(answer, media_type),
    }


def _post(
    summary: str, media_type: str, body: dict[str, Any], answer: dict[str, Any]
) -> dict[str, Any]:
    names = ["Content-Digest", "Signature-Input", "Signature"]
    if media_type == wire.TYPE_BATCH:
        names.append("Firsthand-Batch")
    return {
        "summary": summary,
        "parameters": [_in_header(name) for name in names],
        "requestBody": {"required": True, "content": {media_type: {"schema": body}}},
        "responses": _responses(answer),
    }


def _responses(answer: dict[str, Any], media_type: str = wire.TYPE_JSON) -> dict[str, Any]:
    problem = {
        "description": "Not taken, with the reason.",
        "content": {wire.TYPE_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    return {
        "200": {"description": "Done.", "content": {media_type: {"schema": answer}}},
        "4XX": problem,
        "503": problem,
    }


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _in_query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": name == "purpose", "schema": schema}


def _in_header(name: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}


def drawn() -> dict[str, str]:
    """What is drawn on the page about agreements, by the name of its place."""
    words = [f"| {state} | `{P7012_STATUS[state]}` |" for state in LIFE.states]
    return {
        "life": f"```mermaid\n{LIFE.mermaid()}```\n",
        "states": LIFE.table(),
        "status": "\n".join(["| state | P7012 |", "|---|---|", *words]) + "\n",
        "roster": "\n".join([_ALLOWS, "|---" * 9 + "|", *map(_row, ROSTER.values())]) + "\n",
        "texts": "\n".join(f"### {terms.id}\n\n{terms.text()}" for terms in ROSTER.values()),
    }


_ALLOWS = (
    "| agreement | may be used for | times | counting | tracking | picture of me | passing on "
    "| training | kept after the end |"
)


def _row(terms: Terms) -> str:
    flags = (terms.analytics, terms.tracking, terms.profiling, terms.onward, terms.training)
    cells = [f"`{terms.id}`", ", ".join(terms.purposes), terms.precision]
    cells += ["yes" if flag else "no" for flag in flags]
    cells.append(f"{terms.retention_days} days" if terms.retention_days else "not at all")
    return f"| {' | '.join(cells)} |"


def page() -> str:
    """The page about agreements as it is, with everything drawn anew."""
    text = PAGE.read_text(encoding="utf-8")
    for name, content in drawn().items():
        between = re.compile(rf"(<!-- drawn: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, places = between.subn(lambda m, new=content: f"{m[1]}{new}{m[2]}", text)  # type: ignore[misc]
        if places != 1:
            raise SystemExit(f"{PAGE.name} has {places} places for {name!r}.")
    return text


def files() -> dict[Path, str]:
    """Every file that this script keeps, with the content that it should have."""
    written = {SPEC / "schemas" / f"{name}.json": schema for name, schema in schemas().items()}
    written[SPEC / "openapi.json"] = openapi()
    made = {
        path: json.dumps(value, indent=2, ensure_ascii=False) + "\n"
        for path, value in written.items()
    }
    return {**made, PAGE: page(), SOURCES: sources_page(), PICTURE: LIFE.svg(), CASES: CASE.svg()}


def main() -> int:
    """Write or compare the files; 1 if `--check` finds a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare")
    check = parser.parse_args().check
    stale = []
    for path, text in files().items():
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(path.relative_to(SPEC.parent).as_posix())
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if stale:
        sys.stderr.write(f"Not as the code is: {', '.join(stale)}. Run `make spec`.\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
