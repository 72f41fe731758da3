"""The live page says when something could not be read, and what to do about it."""

from functools import partial

import pytest
from tests.hub.conftest import Person, Served
from tests.hub.pages.conftest import Said, Staff

from firsthand.foundation.tables import Tx
from firsthand.hub import cursors
from firsthand.hub.acts import checking
from firsthand.hub.cursors import Aside
from firsthand.hub.proofs import Checked, Fault


@pytest.mark.parametrize(
    ("count", "title"),
    [(1, "1 delivery could not be read"), (2, "2 deliveries could not be read")],
)
def test_staff_are_told(staff: Staff, person: Person, said: Said, count: int, title: str) -> None:
    assert "could not be read" not in said(staff.get("/staff"))
    for position in range(count):
        one = Aside(
            relationship=person.id, position=position, projection="profile", error="ValueError"
        )
        person.served.hub.write(partial(put_aside, one))
    words = said(staff.get("/staff"))
    assert title in words
    assert "firsthand hub facts --json" in words


def put_aside(one: Aside, tx: Tx) -> None:
    cursors.put_aside(tx, one)


def test_what_was_changed_here_is_said_on_the_first_page(
    served: Served, staff: Staff, said: Said
) -> None:
    fault = Fault(what="deal", relationship="r", key="k")
    for found in (
        Checked(looked_at=3, changed=(), whole=True),
        Checked(looked_at=3, changed=(1,), whole=True),
        Checked(looked_at=3, changed=(), whole=True, log_holds=False),
        Checked(looked_at=3, changed=(), whole=True, others=(fault,)),
    ):
        served.hub.proofs.checked = found
        home, systems = said(staff.get("/staff")), said(staff.get("/staff/systems"))
        assert (checking.in_words(found) in home) is not found.holds
        assert checking.in_words(found) in systems
