"""A member of staff in a browser without script, and a customer who gives by the real protocol."""

import re
from collections.abc import Callable, Iterator, Mapping

import httpx
import pytest
from tests.hub.conftest import Served

from firsthand.hub.acts import offering
from firsthand.hub.staff import accounts

TITLES = (
    "id,title,genres\n1,Dark,mystery|drama\n2,Fog,mystery\n3,Sun,comedy\n4,Moon,drama|mystery\n"
)
HTML = {"accept": "text/html"}


Said = Callable[[httpx.Response], str]


class Staff:
    """A browser of a member of staff: it keeps cookies and says where it comes from."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, trust_env=False, timeout=30, headers=HTML)

    def get(self, path: str, **asked: str) -> httpx.Response:
        return self.http.get(path, params=asked or None)

    def post(
        self, path: str, *, files: Mapping[str, tuple[str, bytes, str]] | None = None, **form: str
    ) -> httpx.Response:
        own = {"origin": self.url, "sec-fetch-site": "same-origin"}
        return self.http.post(path, data=form, files=files, headers=own)

    def sign_in(self, name: str, password: str) -> httpx.Response:
        return self.post("/staff/login", name=name, password=password)


def words_of(answer: httpx.Response) -> str:
    """What a page says, without its markup."""
    main = answer.text.split("<main", 1)[-1].split("</main>", 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main.replace("&#39;", "'")).split())


@pytest.fixture
def said() -> Said:
    """The words of a page."""
    return words_of


@pytest.fixture
def anybody(served: Served) -> Iterator[Staff]:
    """A browser that nobody has signed in with."""
    browser = Staff(served.url)
    yield browser
    browser.http.close()


@pytest.fixture
def staff(served: Served) -> Iterator[Staff]:
    """A browser that the owner has signed in with."""
    browser = Staff(served.url)
    entered = browser.sign_in("owner", served.made["staff"]["password"])
    assert entered.status_code == 303, entered.text
    yield browser
    browser.http.close()


@pytest.fixture
def member(served: Served) -> Iterator[Staff]:
    """A browser of somebody who is no owner."""
    account = accounts.make("mia", "member", "a long password")
    served.hub.write(lambda tx: accounts.put(tx, account))
    browser = Staff(served.url)
    assert browser.sign_in("mia", "a long password").status_code == 303
    yield browser
    browser.http.close()


@pytest.fixture
def offered(served: Served) -> Served:
    """The organisation with a catalogue of four titles."""
    offering.catalogue(served.hub, csv=TITLES)
    return served
