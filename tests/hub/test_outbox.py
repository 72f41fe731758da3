"""Messages are signed beside the writer, and numbered 1, 2, 3 all the same."""

import threading
from typing import Any

import pytest
from tests.hub.conftest import Person, Served

from firsthand.hub import outbox
from firsthand.hub.acts.offering import catalogue
from firsthand.hub.outbox import Content
from firsthand.protocol import jws

FILMS = "Title,Genres\nDark,Mystery\nTides,Mystery\n"


def test_no_answer_is_signed_where_endings_wait(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, threads = jws.sign_jws, list[str]()

    def sign(*said: Any, **more: Any) -> str:  # noqa: ANN401 - whatever is signed
        threads.append(threading.current_thread().name)
        return right(*said, **more)

    monkeypatch.setattr(outbox, "sign_jws", sign)
    catalogue(served.hub, csv=FILMS)
    person = Person(served)
    person.agree()
    person.give("Dark")
    served.settle()
    assert [one["n"] for one in person.inbox()] == [1]
    assert threads == ["answering"]


def test_a_number_that_is_taken_is_not_taken_again(served: Served, person: Person) -> None:
    waiting = served.hub.outbox
    contents = [
        Content(type="news", agreement=person.agreement.id, answers="", data={"words": words})
        for words in ("first", "second")
    ]
    with served.hub.snapshot() as reader:
        first, second = (waiting.prepared(reader, person.id, content) for content in contents)
    assert (first.n, second.n) == (1, 1)
    assert served.hub.write(lambda tx: waiting.put(tx, person.id, first))
    assert not served.hub.write(lambda tx: waiting.put(tx, person.id, second))
    with served.hub.snapshot() as reader:
        assert waiting.after(reader, person.id, 0) == ([first], False)
        assert waiting.sent(reader) == 1
        again = waiting.prepared(reader, person.id, contents[1])
    assert again.n == 2
