"""Catalogues as staff have them: which columns are known, and where a file is wrong."""

import re

import pytest

from firsthand.hub.terms.catalogue import CatalogueRefused, read_catalogue
from firsthand.hub.terms.invites import InviteRefused, read_accounts
from firsthand.hub.terms.policy import Policy, PolicyRefused, change, decide

TASTE, PLANS = "titles-by-taste", "plan-that-fits"
TWO = ["Mystery", "Drama"]


@pytest.mark.parametrize(
    ("text", "rule", "first"),
    [
        ("Title,Genres\nDark,Mystery|Drama\n", TASTE, ("dark", "Dark", TWO)),
        ("\ufeffsku;name;category\n7;Dark;Mystery, Drama\n", TASTE, ("7", "Dark", TWO)),
        ("id\tTITLE\ttags\n1\tDark\tMystery/Drama\n", TASTE, ("1", "Dark", TWO)),
        ("name,price,currency\nSmall,4.99,eur\n", PLANS, ("small", "Small", [])),
        ("name;price\nSmall;4,99\n", PLANS, ("small", "Small", [])),
    ],
)
def test_columns_are_recognised(text: str, rule: str, first: tuple[str, str, list[str]]) -> None:
    read = read_catalogue(text.encode())
    item = read.items[0]
    assert (read.rule.name, (item.id, item.name, item.genres)) == (rule, first)


def test_a_price_is_a_decimal_with_its_currency() -> None:
    item = read_catalogue(b"name;price;currency\nSmall;4,99;eur\n").items[0]
    assert (item.price, item.currency) == ("4.99", "EUR")


@pytest.mark.parametrize(
    ("raw", "rule", "said"),
    [
        (b"film,genres\nDark,x\n", None, "Line 1 names no column title or name.*film, genres"),
        (b"title,year\nDark,2017\n", None, "genres or a column|genres or price.*title, year"),
        (b"title,genres\nDark,x\n", "plan-that-fits", "needs a column price.*title, genres"),
        (b"title,genres\nDark,x\n", "best", "No rule is called 'best'"),
        (b"title,genres\nDark,x\n,y\n", None, "Line 3: a title"),
        (b"title,genres,id\nDark,x,1\nTides,y,1\n", None, "Line 3: '1' was named in line 2"),
        (b"name,price\nSmall,cheap\n", None, "Line 2: 'cheap' is not a price"),
        (b"name,price\nSmall,-1\n", None, "Line 2: '-1' is not a price"),
        (b'name,price\nSmall,"1,000"\n', None, "Line 2: '1,000' is not a price"),
        (b"title,genres\nTides, Low,x\n", None, "Line 2 has more cells"),
        (b"title,genres,Title\nDark,x,y\n", None, "Line 1 names the column title more than once"),
        (b"title,genres\nD\0rk,x\n", None, "Line 2 has a NUL"),
        (b"name,price\nSmall,\n", None, "Line 2: 'Small' has no price"),
        (b"name,price,currency\nSmall,1,euros\n", None, "Line 2: 'EUROS' is not a currency"),
        (b"title,genres\n", None, "no row below"),
        (b"title,genres\nD\xff,x\n", None, "Line 2 is not UTF-8"),
        (b'title,genres\n"Dark,x\n', None, "Line 2"),
        (b"", None, "The file is empty"),
        (b"\xef\xbb\xbf \n\n", None, "The file is empty"),
        (b"\n\ntitle,genres\n", None, "Line 1 names no column"),
        (b"PK\x03\x04\0\0", None, "Line 1 has a NUL"),
        ("title,genres\nD\u202eark,x\n".encode(), None, r"Line 2 holds.*U\+202E"),
        ("title,genres\nDark,x\u2066\n".encode(), None, r"Line 2 holds.*U\+2066"),
        (b'title,genres\n"Da\nrk",x\n', None, r"Line 3 holds.*U\+000A"),
        (b"title,genres\nD\x1b[2Jark,x\n", None, r"Line 2 holds.*U\+001B"),
    ],
)
def test_a_wrong_file_is_told_where(raw: bytes, rule: str | None, said: str) -> None:
    with pytest.raises(CatalogueRefused, match=said):
        read_catalogue(raw, rule=rule)


def test_a_detail_may_go_over_lines_and_letters_may_be_joined() -> None:
    raw = 'title,genres,detail\nمی\u200cخواهم,x,"One\nTwo"\n'.encode()
    item = read_catalogue(raw).items[0]
    assert (item.name, item.detail) == ("می\u200cخواهم", "One\nTwo")


@pytest.mark.parametrize(
    ("account", "said"),
    [("A\u202e-1", "U+202E"), ("A\x07", "U+0007"), ("A\u200b1", "U+200B"), ("A\u00a01", "space")],
)
def test_an_account_holds_what_people_can_see(account: str, said: str) -> None:
    with pytest.raises(InviteRefused, match=f"Line 3: .*{re.escape(said)}"):
        read_accounts(f"account\nA-1\n{account}\n".encode())


def test_accounts_come_from_their_column_or_the_first_one() -> None:
    assert read_accounts(b"name,account\nGreta,A-1\nMalik,A-2\n\n") == ["A-1", "A-2"]
    assert read_accounts(b"A-1\nA-2\n") == ["A-1", "A-2"]
    assert read_accounts(b"Account;Name\r\nA-1;Greta\r\nA-2;Malik, too\r\n") == ["A-1", "A-2"]
    for raw, said in (
        (b"", "empty"),
        (b"account\n", "No line"),
        (b"account\n\xff\n", "UTF-8"),
        (b"customer;name\nA-1;Greta\n", "names no column account"),
    ):
        with pytest.raises(InviteRefused, match=said):
            read_accounts(raw)
    with pytest.raises(InviteRefused, match="Line 2"):
        read_accounts(b"account\n" + b"x" * 101)


def test_a_counter_offer_is_made_and_taken_back() -> None:
    def changed(policy: Policy, *, counter: str | None = None, plain_no: bool = False) -> Policy:
        return change(
            policy, accept=[], refuse=[], counter=counter, today="2026-01-01", plain_no=plain_no
        )

    offers = changed(Policy(), counter="SD-BASE")
    assert decide(offers, "PDC-AI", name="Reel").counter == "SD-BASE"
    assert decide(changed(offers), "PDC-AI", name="Reel").counter == "SD-BASE"
    plain = changed(offers, plain_no=True)
    assert (plain.counter, plain.accepts) == (None, offers.accepts)
    assert decide(plain, "PDC-AI", name="Reel").decision == "refused"
    with pytest.raises(PolicyRefused, match="Either"):
        changed(plain, counter="SD-BASE", plain_no=True)


def test_a_policy_accepts_something_and_counters_with_what_it_accepts() -> None:
    today = "2026-01-01"
    policy = change(Policy(), accept=["SD-BASE-A"], refuse=["FH-GIVEN"], counter=None, today=today)
    assert policy.accepts == ("SD-BASE", "SD-BASE-DP", "SD-BASE-A")
    assert decide(policy, "SD-BASE-A", name="Reel").decision == "accepted"
    refused = decide(policy, "FH-GIVEN", name="Reel")
    assert refused.decision == "refused"
    assert "SD-BASE, SD-BASE-DP, SD-BASE-A" in (refused.reason or "")
    for accept, refuse, counter, said in (
        (["NONE"], [], None, "Not in the roster: NONE"),
        (["SD-BASE"], ["SD-BASE"], None, "Both"),
        ([], list(policy.accepts), None, "accepts no agreement"),
        ([], [], "PDC-AI", "cannot be a counter-offer"),
    ):
        with pytest.raises(PolicyRefused, match=said):
            change(policy, accept=accept, refuse=refuse, counter=counter, today=today)
