"""Columns whose names say less than what is in them, as banks of several countries write them."""

import io

import pytest

from firsthand.vault.sources import Row, open_export

CASES = {
    "signed amounts under a name of two sides": (
        """Buchungstag;Soll/Haben;Empfänger/Auftraggeber Name
15.03.2024;-1.234,50;Stadtwerke
01.03.2024;2.800,00;Hafen GmbH
""",
        ["2024-03-15 -1234.50 Stadtwerke", "2024-03-01 2800.00 Hafen GmbH"],
    ),
    "money in before money out": (
        """Datum;Beschreibung;Zahlungseingang;Zahlungsausgang
05.01.2024;Cafe Nord;;12,40
06.01.2024;Malik;200,00;
""",
        ["2024-01-05 -12.40 Cafe Nord", "2024-01-06 200.00 Malik"],
    ),
    "an amount, and a name of its own for what came in": (
        """Datum;Beschreibung;Betrag CHF;Gutschrift CHF
05.01.2024;Cafe Nord;12.40;
20.01.2024;Greta;;200.00
""",
        ["2024-01-05 -12.40 Cafe Nord", "2024-01-20 200.00 Greta"],
    ),
    "a direction beside amounts that have a minus": (
        """Datum;Beschreibung;Betrag;Debit/Kredit
05.01.2024;Caro;12.40;Debit
06.01.2024;Mira;9.10;Debit
20.01.2024;Tomasz;-120.50;Kredit
""",
        ["2024-01-05 -12.40 Caro", "2024-01-06 -9.10 Mira", "2024-01-20 120.50 Tomasz"],
    ),
    "accounts where a name is looked for": (
        """"Date","Name / Description","Counterparty","Debit/credit","Amount (EUR)"
"20240215","Groene Winkel","","Debit","45,60"
"20240214","Werkgever","NL02ABNA0123456788","Credit","1200,00"
""",
        ["2024-02-15 -45.60 Groene Winkel", "2024-02-14 1200.00 Werkgever"],
    ),
    "a number where the words are looked for": (
        """RELEASE_DATE;TRANSACTION_TYPE;REFERENCE_ID;TRANSACTION_NET_AMOUNT
15-02-2024;Padaria Sol;111;-45,10
14-02-2024;Pix recebido Malik;112;200,00
""",
        ["2024-02-15 -45.10 Padaria Sol", "2024-02-14 200.00 Malik"],
    ),
    "from which address is no name": (
        """Date,Name,Amount,From Email Address
2024-01-25,Greta,-12.50,Standard
2024-01-26,June,400.00,Standard
""",
        ["2024-01-25 -12.50 Greta", "2024-01-26 400.00 June"],
    ),
    "from whom and to whom": (
        """Datetime,From,To,Amount (total)
2024-01-05T10:00:00,Malik,Greta,- $12.50
2024-01-06T10:00:00,June,Malik,+ $400.00
""",
        ["2024-01-05 -12.50 Greta", "2024-01-06 400.00 June"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_in_a_column_tells_what_it_holds(case: str) -> None:
    text, expected = CASES[case]
    export = open_export("any", io.BytesIO(text.encode()), {})
    assert export.questions == []
    things = [each.thing for each in export.rows() if isinstance(each, Row)]
    signs = {"PayAction": "-", "ReceiveAction": ""}
    told = [f"{t.time} {signs[t.type]}{t.data['price']} {t.name}" for t in things]
    assert told == expected


def test_of_two_unknown_names_one_is_asked_for() -> None:
    """Where neither a name nor a word of a row tells which has the money spent."""
    text = "Datum;Beschreibung;Rauf;Runter\n25.01.2024;Caro;;12,40\n26.01.2024;Mira;200,00;\n"
    export = open_export("any", io.BytesIO(text.encode()), {})
    assert [question.choices for question in export.questions] == [["Rauf", "Runter"]]
