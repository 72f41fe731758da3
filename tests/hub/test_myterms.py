"""The public list of accepted agreements (IEEE 7012) follows the policy and can be read back."""

from tests.hub.conftest import Served

from firsthand.hub.acts.offering import policy
from firsthand.protocol import wire
from firsthand.protocol.myterms import read_myterms


def test_the_list_names_what_is_accepted_now(served: Served) -> None:
    policy(served.hub, accept=["PDC-GOOD"], refuse=["SD-BASE"])
    found = read_myterms(served.http.get(wire.PATH_MYTERMS).content)
    accepts = list(served.hub.policy().accepts)
    assert [one.id for one in found.agreements] == accepts
    assert (found.unknown, found.left_out) == ((), ())
    assert found.effective_date == served.hub.policy().since
    for one in found.agreements:
        assert one.url is not None
        assert served.http.get(one.url + ".txt").status_code == 200
