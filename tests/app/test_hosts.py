"""Pages for many people are reached under their one name, by https, and by no other."""

import argparse
import asyncio
from pathlib import Path

import httpx
import pytest

from firsthand.app import vault_host
from firsthand.cli.up import _address, run_up
from firsthand.foundation.settings import from_environment
from firsthand.vault.pages.host import VaultHost


def asked(host: VaultHost, name: str, path: str = "/unlock") -> httpx.Response:
    async def asking() -> httpx.Response:
        ways = httpx.ASGITransport(host)
        async with httpx.AsyncClient(transport=ways, base_url=f"https://{name}") as client:
            return await client.get(path)

    return asyncio.run(asking())


def test_a_host_for_others_answers_to_its_name_alone(tmp_path: Path) -> None:
    host = vault_host(tmp_path, from_environment(), port=8700, public="vaults.example")

    try:
        ours, others = (asked(host, each) for each in ("vaults.example", "127.0.0.1:8700"))
        have, code, begin = (
            asked(host, "vaults.example", path) for path in ("/have", "/have/code", "/move/begin")
        )
    finally:
        host.close()
    assert (ours.status_code, others.status_code) == (200, 421)
    assert "strict-transport-security" in ours.headers
    # Nobody has it dial into the network that it stands in.
    assert (code.status_code, begin.status_code) == (404, 404)
    assert "From a backup" in have.text
    assert "From another device" not in have.text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("https://Vaults.example/", "vaults.example"),
        ("https://vaults.example:8443", "vaults.example:8443"),
        ("https://vaults.example:443", "vaults.example"),
        ("http://vaults.example", None),
        ("https://localhost", None),
        ("https://vaults.example/there", None),
        ("https://a.b@vaults.example", None),
    ],
)
def test_an_address_is_a_name_by_https(text: str, name: str | None) -> None:
    if name is not None:
        assert _address(text) == name
        return
    with pytest.raises(argparse.ArgumentTypeError):
        _address(text)


def test_the_town_has_no_address() -> None:
    args = argparse.Namespace(town=True, address="vaults.example", data=None, port=8700)
    with pytest.raises(Exception, match="The town is for this machine alone"):
        run_up(args, from_environment())
