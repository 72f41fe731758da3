"""After erasing, nothing of a person is in any file of the organisation, in no form."""

import base64
import gzip
import logging as python_logging
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.harness import canaries
from tests.harness.sides import CATALOGUE, Served, connected, inbox, keep, new_vault, share

from firsthand import app
from firsthand.hub import erasing
from firsthand.protocol.receipts import read_erasure
from firsthand.protocol.things import Thing
from firsthand.vault.acts import connecting, ending, logging
from firsthand.vault.acts.opened import Vault
from firsthand.vault.terms.relationships import find, signer_of

TITLES = ("Quokkenfeuer über Tsjoch 90417", 'Zwergflußpferd <Nacht> & "Wal" 55012')
PAYEE = "Brüllmöwe Käserei KG 33108"
ACCOUNT = "KUNDE-Xylofant-77123"
PRICE = "48213.77"
WORDS = (*TITLES, "Quokkenfeuer", "Zwergflußpferd", PAYEE, "Brüllmöwe", ACCOUNT, "Xylofant", PRICE)


def watched(name: str, number: int) -> Thing:
    data: dict[str, object] = {
        "@type": "WatchAction", "name": name, "startTime": "2024-01-13",
        "object": {"@type": "Movie", "name": name},
    }  # fmt: skip
    return Thing(
        id=f"thing {number} {name}", type="WatchAction", name=name, time="2024-01-13",
        source="netflix", data=data,
    )  # fmt: skip


def paid() -> Thing:
    data: dict[str, object] = {
        "@type": "PayAction", "name": PAYEE, "startTime": "2024-02-01", "price": PRICE,
        "priceCurrency": "EUR", "recipient": {"@type": "Organization", "name": PAYEE},
    }  # fmt: skip
    return Thing(
        id="thing paid", type="PayAction", name=PAYEE, time="2024-02-01", source="bank", data=data
    )


def invited(served: Served, vault: Vault, *, invite: str) -> str:
    """Connect by an invitation that names an account."""
    url = served.act("invite", accounts=[invite])["invites"][0]["link"]
    return str(connecting.connect(vault, url)["name"])


def give_and_be_read(served: Served, vault: Vault, name: str) -> None:
    """Give in several batches, be read by staff and by machines, and read the answers."""
    for choice in ({}, {"type": "WatchAction"}, {}):
        assert share(vault, name, **choice)["state"] == "given"
    served.settle()
    person = signer_of(vault.store, find(vault.store, name)).thumbprint
    account = find(vault.store, name).account
    assert served.things_of(account or person) == served.things_of(person)
    for accept in ("application/json", "text/csv"):
        token = served.made["tokens"]["personalisation"]
        facts = httpx.get(
            f"{served.url}/v1/facts",
            params={"purpose": "personalisation"},
            headers={"authorization": f"Bearer {token}", "accept": accept},
            trust_env=False,
        )
        assert facts.status_code == 200, facts.text
    inbox(vault)


@pytest.mark.parametrize("name", canaries.forms("Quokkenfeuer über 90417"))
def test_the_scan_finds_each_form(name: str, tmp_path: Path) -> None:
    word = "Quokkenfeuer über 90417"
    (tmp_path / "some.db").write_bytes(b"before" + canaries.forms(word)[name] + b"after")
    assert canaries.hits(tmp_path, [word])


@pytest.mark.parametrize("offset", range(3))
def test_the_scan_finds_what_is_packed_or_inside_more(offset: int, tmp_path: Path) -> None:
    more = ("x" * offset + '{"name":"Brüllmöwe Käserei"}').encode()
    for packed in (
        zlib.compress(more), gzip.compress(more), base64.b64encode(more),
        base64.urlsafe_b64encode(more), base64.b64encode(base64.b64encode(more)),
        base64.b32encode(more), more.hex().encode(), more.decode().encode("utf-16-le"),
    ):  # fmt: skip
        (tmp_path / "some.db").write_bytes(b"\x00\x01" + packed + b"\xff")
        assert canaries.hits(tmp_path, ["Brüllmöwe Käserei"]), packed


@pytest.mark.timeout(300)
def test_nothing_of_a_person_remains(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture,
    serve: Callable[..., Served], tmp_path: Path,
) -> None:  # fmt: skip
    caplog.set_level(python_logging.DEBUG)
    served = serve("Reel", catalogue=None, log_level="debug")
    with new_vault(tmp_path / "anna") as anna, new_vault(tmp_path / "bert") as bert:
        keep(anna, [*(watched(title, n) for n, title in enumerate(TITLES)), paid()])
        keep(bert, [watched("Harbour", 1), watched("Fog", 2)])
        hers = invited(served, anna, invite=ACCOUNT)
        his = invited(served, bert, invite="KUNDE-2")
        served.act("catalogue", csv=CATALOGUE)
        give_and_be_read(served, anna, hers)
        give_and_be_read(served, bert, his)
        person = signer_of(anna.store, find(anna.store, hers)).thumbprint
        other = signer_of(bert.store, find(bert.store, his)).thumbprint
        before = served.things_of(other)
        assert find(anna.store, hers).account == ACCOUNT
        assert len({hit.split(" as ")[0] for hit in canaries.hits(served.folder, WORDS)}) >= 7

        done = ending.revoke(anna, hers, erase=True)
        assert (done["state"], done["confirmed"]) == ("erased", True)
        assert canaries.hits(served.folder, WORDS) == []
        check_receipts(anna, hers)
        assert tables_naming(served, person) == {erasing.TABLE}
        assert served.things_of(other) == before

        served.stop()
        assert canaries.hits(served.folder, WORDS) == []
        served.start()
        assert canaries.hits(served.folder, WORDS) == []
        assert share(bert, his)["state"] == "given"
        inbox(bert)
        assert logging.log(bert, verify=True)["problems"] == 0
        assert served.things_of(other) == before
        assert canaries.hits(served.folder, WORDS) == []
        check_planted(served)
    said = "".join(capfd.readouterr()) + caplog.text
    (tmp_path / "said").mkdir()
    (tmp_path / "said" / "log").write_text(said)
    assert said, "the server says something at this level"
    assert canaries.hits(tmp_path / "said", WORDS) == []


def check_receipts(vault: Vault, name: str) -> None:
    """The erasure's receipt names all that was given, and every older receipt still holds."""
    told: Any = logging.log(vault, verify=True)
    assert told["problems"] == 0
    assert [end["verified"] for end in told["endings"]] == [True]
    assert {entry["state"] for entry in told["disclosures"]} == {"erased"}
    assert all(entry["verified"] for entry in told["disclosures"])
    relationship = find(vault.store, name)
    key = relationship.key_log.current
    receipt = read_erasure(told["endings"][0]["receipt"], key=key)
    indexes = [entry["receipt"]["index"] for entry in told["disclosures"]]
    assert sorted(receipt.leaves) == sorted(indexes)
    assert receipt.batches == len(indexes)
    assert relationship.account is None


def tables_naming(served: Served, person: str) -> set[str]:
    """The tables in which a person's key is named, as relationship, key or value."""
    found = set()
    with served.hub.snapshot() as reader:
        for table in app.TABLES:
            after = ("", "")
            while rows := reader.scan_all(table.name, after=after, rows_max=1000):
                for row in rows:
                    if person in row.relationship + row.key or person.encode() in row.value:
                        found.add(table.name)
                after = (rows[-1].relationship, rows[-1].key)
    assert all(one.relationship != person for one in served.envelopes())
    return found


def check_planted(served: Served) -> None:
    """What was put aside is found by the same scan: in another table, in another file."""
    hidden = base64.b64encode(f"aside: {PAYEE}".encode())
    served.hub.write(lambda tx: tx.put("catalogues", "", "aside", hidden))
    assert any("base64" in hit for hit in canaries.hits(served.folder, WORDS))
    (served.folder / "backup.gz").write_bytes(gzip.compress(TITLES[0].encode()))
    assert any("backup.gz, unpacked" in hit for hit in canaries.hits(served.folder, WORDS))


def test_a_person_who_comes_back_is_somebody_new(served: Served, vault: Vault) -> None:
    keep(vault, [watched("Harbour", 1)])
    first = connected(vault, served)
    share(vault, first)
    old = signer_of(vault.store, find(vault.store, first)).thumbprint
    ending.revoke(vault, first, erase=True)
    second = connected(vault, served)
    share(vault, second)
    new = signer_of(vault.store, find(vault.store, second)).thumbprint
    assert (first, second) == ("reel", "reel-2")
    assert old != new
    events = {key for person, key in served.projected() if person == new}
    assert tables_naming(served, old) == {erasing.TABLE}
    served.settle()
    assert len(served.things_of(new)) == 1
    assert not events & {key for person, key in served.projected() if person == old}
    assert connecting.relationship(vault, "REEL")["name"] == "reel-2"
