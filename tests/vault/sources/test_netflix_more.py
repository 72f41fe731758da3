"""The other files of Netflix's full export: each row comes out as a thing or with its reason."""

import io

import pytest

from firsthand.protocol.things import Thing
from firsthand.vault.sources import Each, Row, Skipped, open_export

LIST = """Profile Name,Title Name,Country,Utc Title Add Date
Inês,"Dark, und mehr",PT (Portugal),2023-05-06
Inês,Élite,PT (Portugal),2023-05-07
"""
RATINGS = """Profile Name,Title Name,Rating Type,Star Value,Thumbs Value,Device Model,Event Utc Ts,Region View Date
Greta,Dark,thumb,,2,TV,2023-05-06 20:15:00,2023-05-06
Greta,Ozark,thumb,,1,TV,2023-05-06 20:16:00,2023-05-06
Greta,1899,thumb,,3,TV,2023-05-06 20:17:00,2023-05-06
Greta,Heat,star,4,,TV,2015-05-06 20:17:00,2015-05-06
Greta,Gone,thumb,,0,TV,2023-05-06 20:18:00,2023-05-06
"""  # noqa: E501
SEARCHES = """Profile Name,Country Iso Code,Device,Is Kids,Query Typed,Displayed Name,Action,Section,Utc Timestamp
Malik,DE,Phone,0,dar,Dark,play,titles,2023-05-06 20:15:00
Malik,DE,Phone,0,,Dark,play,titles,2023-05-06 20:16:00
Malik,DE,Phone,0,,,none,titles,2023-05-06 20:17:00
"""  # noqa: E501
INVOICES = """Transaction Date,Service Period Start Date,Service Period End Date,Description,Payment Type,Mop Last 4,Item Price Amt,Currency,Tax Amt,Gross Sale Amt,Pmt Txn Type,Pmt Status,Final Invoice Result,Country
2023-05-06,2023-05-06,2023-06-05,SUBSCRIPTION,CC,1234,10.91,EUR,2.08,12.99,SALE,NEW,SETTLED,DE
2023-05-06,2023-05-06,2023-06-05,SUBSCRIPTION,CC,1234,10.91,EUR,2.08,12.99,SALE,APPROVED,SETTLED,DE
2023-06-06,2023-06-06,2023-07-05,SUBSCRIPTION,CC,1234,10.91,EUR,2.08,12.99,SALE,DECLINED,,DE
2023-07-06,,,SUBSCRIPTION,CC,1234,10.91,EUR,2.08,12.99,REFUND,APPROVED,SETTLED,DE
2023-07-06,,,TRIAL,CC,1234,0,EUR,0,0.00,SALE,APPROVED,SETTLED,DE
"""  # noqa: E501
ASKED = """Profile Name,Show,Has Watched,Is Interested,Event Date
June,Dark,false,true,2023-05-06
June,Ozark,true,false,2023-05-06
"""


def read(text: str, encoding: str = "utf-8") -> list[Each]:
    export = open_export("any.csv", io.BytesIO(text.encode(encoding)), {})
    assert export.source == "netflix"
    assert not export.questions
    return list(export.rows())


def things(rows: list[Each]) -> list[Thing]:
    return [row.thing for row in rows if isinstance(row, Row)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_list(encoding: str) -> None:
    first, second = things(read(LIST, encoding))
    assert (first.type, first.name, first.time) == ("WantAction", "Dark, und mehr", "2023-05-06")
    assert second.data["agent"] == {"@type": "Person", "name": "Inês"}


def test_ratings() -> None:
    rows = read(RATINGS)
    assert [(thing.type, thing.name) for thing in things(rows)] == [
        ("LikeAction", "Dark"), ("DislikeAction", "Ozark"), ("LikeAction", "1899"),
        ("LikeAction", "Heat"),
    ]  # fmt: skip
    assert things(rows)[0].time == "2023-05-06T20:15:00Z"
    assert things(rows)[3].data["result"] == {
        "@type": "Review",
        "reviewRating": {"@type": "Rating", "ratingValue": "4", "bestRating": "5"},
    }
    assert isinstance(rows[-1], Skipped)


def test_searches_and_what_was_asked() -> None:
    rows = read(SEARCHES)
    assert [(thing.name, thing.data["query"]) for thing in things(rows)] == [
        ("dar", "dar"), ("Dark", "Dark"),
    ]  # fmt: skip
    assert isinstance(rows[-1], Skipped)
    assert [thing.type for thing in things(read(ASKED))] == ["WantAction", "DislikeAction"]


def test_an_invoice_counts_once_however_often_it_is_told() -> None:
    export = open_export("any.csv", io.BytesIO(INVOICES.encode()), {})
    rows = list(export.rows())
    assert [type(row).__name__ for row in rows] == ["Row", "Skipped", "Skipped", "Row", "Skipped"]
    bought, back = things(rows)
    assert (bought.type, bought.time, bought.data["price"]) == ("BuyAction", "2023-05-06", "12.99")
    assert (back.type, back.data["priceCurrency"]) == ("ReturnAction", "EUR")
    assert rows == list(export.rows())


@pytest.mark.parametrize(
    "columns",
    [
        "Profile Name,Device,Country,Playback Start Utc Ts,Title Description,Playtraces",
        "Profile Name,Esn,Device Type,Acct First Playback Date,Acct Last Playback Date",
        "Esn,Country,Localized Device Description,Device Description,Ip,Region Code,Ts",
        "Profile Name,Email Address,Maturity Level,Primary Lang,Profile Creation Time",
        "First Name,Last Name,Email Address,Customer Creation Timestamp",
        "Subscription Opened Ts,Subscription Closed Ts",
        "Signup Plan Category,Plan Change Date,Plan Change New Category",
        "Tou Accepted Date,Registration Country",
        "Esn,Devices,Date,Country",
        "Profile Name,Esn,Device Type,Profile First Playback Date,Profile Last Playback Date",
        "Profile Name,Title Desc,Selection Type,Choice Segment Type,Has Watched,Utc Timestamp",
        "Profile Name,Source,Navigation Level,Referrer Url,Webpage Url,Click Utc Ts",
        "Profile Name,Sent Utc Ts,Message Name,Channel,Title Name,Click Cnt",
    ],
)
def test_what_is_of_no_use_is_skipped_with_its_reason(columns: str) -> None:
    row = ",".join(f"x{number}" for number in range(columns.count(",") + 1))
    (found,) = read(f"{columns}\n{row}\n")
    assert isinstance(found, Skipped)
