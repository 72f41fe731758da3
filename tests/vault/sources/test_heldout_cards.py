"""Statements in the shapes that single banks give: signs, dates, names and encodings."""

# ruff: noqa: E501 - lines as banks write them

import io

import pytest

from firsthand.vault.sources import Row, open_export

Expected = tuple[str, str, str | None, str]

# Name: (encoding, unreadable rows, the file, its rows as (day, signed amount, currency, name has)).
CASES: dict[str, tuple[str, int, str, list[Expected]]] = {
    "lcl": (
        "utf-8",
        1,
        (
            "31/01/2024;-12,99;Carte;;NETFLIX.COM 30/01/24;0;Divers\n"
            "30/01/2024;-45,00;Carte;;CARREFOUR 29/01/24;0;Divers\n"
            "29/01/2024;1500,00;Virement;;VIR ACME;0;Divers\n"
            "31/01/2024;1442,01;;00123 012345L\n"
        ),
        [
            ("2024-01-31", "-12.99", None, "netflix"),
            ("2024-01-30", "-45.00", None, "carrefour"),
            ("2024-01-29", "1500.00", None, "acme"),
        ],
    ),
    "giro_sagt_danke": (
        "utf-8",
        0,
        (
            "Datum;Empfänger;Verwendungszweck;Betrag\n"
            "31.01.2024;REWE SAGT DANKE;Kartenzahlung REWE SAGT DANKE;-10,00\n"
            "30.01.2024;ACME;Lohn;1.000,00\n"
            "29.01.2024;Oma;Geschenk;50,00\n"
            "28.01.2024;Opa;Geschenk;50,00\n"
        ),
        [
            ("2024-01-31", "-10.00", None, "rewe"),
            ("2024-01-30", "1000.00", None, "acme"),
            ("2024-01-29", "50.00", None, "oma"),
            ("2024-01-28", "50.00", None, "opa"),
        ],
    ),
    "checking_pays_card": (
        "utf-8",
        0,
        (
            "Date,Description,Amount\n"
            "01/31/2024,CITI AUTOPAY PAYMENT 123,-500.00\n"
            "01/30/2024,ACME PAYROLL,1000.00\n"
            "01/15/2024,ACME PAYROLL,1000.00\n"
            "01/10/2024,RENT,-700.00\n"
            "01/09/2024,GROCER,-70.00\n"
        ),
        [
            ("2024-01-31", "-500.00", None, "citi"),
            ("2024-01-30", "1000.00", None, "acme"),
            ("2024-01-15", "1000.00", None, "acme"),
            ("2024-01-10", "-700.00", None, "rent"),
            ("2024-01-09", "-70.00", None, "grocer"),
        ],
    ),
    "chase_checking": (
        "utf-8",
        0,
        (
            "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
            'DEBIT,03/15/2024,"SPOTIFY USA 877-7781161 NY             03/14",-10.99,DEBIT_CARD,989.01,,\n'
            'CREDIT,03/01/2024,"ACME CORP DIRECT DEP  PPD ID: 1234",1500.00,ACH_CREDIT,1000.00,,\n'
            'CHECK,02/28/2024,"CHECK 101  ",-200.00,CHECK_PAID, ,101,\n'
        ),
        [
            ("2024-03-15", "-10.99", None, "spotify"),
            ("2024-03-01", "1500.00", None, "acme"),
            ("2024-02-28", "-200.00", None, "check"),
        ],
    ),
    "wells": (
        "utf-8",
        0,
        (
            '"01/31/2024","-42.10","*","","PURCHASE AUTHORIZED ON 01/30 SHELL OIL 5744 AUSTIN TX S30 CARD 1234"\n'
            '"01/30/2024","1500.00","*","","ACME PAYROLL 240130"\n'
            '"01/12/2024","-9.99","*","","RECURRING PAYMENT AUTHORIZED ON 01/11 HULU 877-8244858 CA"\n'
        ),
        [
            ("2024-01-31", "-42.10", None, "shell oil"),
            ("2024-01-30", "1500.00", None, "acme"),
            ("2024-01-12", "-9.99", None, "hulu"),
        ],
    ),
    "amex_us": (
        "utf-8",
        0,
        (
            "Date,Description,Amount\n"
            "01/31/2024,SPOTIFY USA,10.99\n"
            "01/20/2024,MOBILE PAYMENT - THANK YOU,-300.00\n"
            "01/11/2024,WHOLE FOODS MARKET,54.20\n"
            "01/09/2024,AMAZON.COM REFUND,-12.00\n"
        ),
        [
            ("2024-01-31", "-10.99", None, "spotify"),
            ("2024-01-20", "300.00", None, ""),
            ("2024-01-11", "-54.20", None, "whole foods"),
            ("2024-01-09", "12.00", None, "amazon"),
        ],
    ),
    "amex_de": (
        "utf-8",
        0,
        (
            "Datum,Beschreibung,Karteninhaber,Konto #,Betrag\n"
            '31/01/2024,SPOTIFY                 STOCKHOLM,MAX MUSTER,-11003,"10,99"\n'
            '20/01/2024,ZAHLUNG/ÜBERWEISUNG ERHALTEN BESTEN DANK,MAX MUSTER,-11003,"-300,00"\n'
            '02/01/2024,EDEKA,MAX MUSTER,-11003,"1.054,20"\n'
        ),
        [
            ("2024-01-31", "-10.99", None, "spotify"),
            ("2024-01-20", "300.00", None, ""),
            ("2024-01-02", "-1054.20", None, "edeka"),
        ],
    ),
    "citi": (
        "utf-8",
        1,
        (
            "Status,Date,Description,Debit,Credit\n"
            'Cleared,01/31/2024,"COSTCO WHSE #1234 SEATTLE WA",120.55,\n'
            'Cleared,01/15/2024,"ONLINE PAYMENT, THANK YOU",,-500.00\n'
            'Pending,01/14/2024,"APPLE.COM/BILL CUPERTINO CA",2.99,\n'
        ),
        [
            ("2024-01-31", "-120.55", None, "costco"),
            ("2024-01-15", "500.00", None, ""),
        ],
    ),
    "discover": (
        "utf-8",
        0,
        (
            "Trans. Date,Post Date,Description,Amount,Category\n"
            '01/31/2024,02/01/2024,"AMAZON.COM*1A2B",25.00,"Merchandise"\n'
            '01/15/2024,01/15/2024,"INTERNET PAYMENT - THANK YOU",-100.00,"Payments and Credits"\n'
        ),
        [
            ("2024-01-31", "-25.00", None, "amazon"),
            ("2024-01-15", "100.00", None, ""),
        ],
    ),
    "toshl": (
        "utf-8",
        0,
        (
            '"Date","Account","Category","Tags","Expense amount","Income amount","Currency","In main currency","Main currency","Description"\n'
            '"1/31/24","Cash","Food","lunch","12.50","0","EUR","12.50","EUR","Sandwich"\n'
            '"1/30/24","Bank","Salary","pay","0","1,000.00","EUR","1,000.00","EUR","ACME"\n'
        ),
        [
            ("2024-01-31", "-12.50", "EUR", "sandwich"),
            ("2024-01-30", "1000.00", "EUR", "acme"),
        ],
    ),
    "westpac": (
        "utf-8",
        0,
        (
            "Bank Account,Date,Narrative,Debit Amount,Credit Amount,Balance,Categories,Serial\n"
            '32000123456,31/01/2024,"EFTPOS DEBIT 0123456 ALDI STORES SYDNEY 30/01",45.20,,954.80,POS,\n'
            '32000123456,30/01/2024,"DEPOSIT ACME",,1000.00,1000.00,DEP,\n'
        ),
        [
            ("2024-01-31", "-45.20", None, "aldi"),
            ("2024-01-30", "1000.00", None, "acme"),
        ],
    ),
    "itau": (
        "utf-8",
        1,
        (
            "data;lançamento;ag./origem;valor (R$);saldos (R$)\n"
            "31/01/2024;PIX TRANSF JOAO 31/01;;-150,00;\n"
            "31/01/2024;SALDO DO DIA;;;1.234,56\n"
            "30/01/2024;INT NETFLIX;;-39,90;\n"
            "05/01/2024;SALARIO ACME;1234;3.500,00;\n"
        ),
        [
            ("2024-01-31", "-150.00", "BRL", "joao"),
            ("2024-01-30", "-39.90", "BRL", "netflix"),
            ("2024-01-05", "3500.00", "BRL", "acme"),
        ],
    ),
    "japan": (
        "utf-8-sig",
        0,
        (
            "日付,摘要,お支払金額,お預り金額,残高\n"
            '2024/01/31,ネットフリックス,"1,490",,"98,510"\n'
            '2024/01/25,給与 カブシキガイシャ,,"250,000","100,000"\n'
        ),
        [
            ("2024-01-31", "-1490.00", None, "ネットフリックス"),
            ("2024-01-25", "250000.00", None, "給与"),
        ],
    ),
    "japan_sjis": (
        "cp932",
        0,
        (
            "日付,摘要,お支払金額,お預り金額,残高\n"
            '2024/01/31,ネットフリックス,"1,490",,"98,510"\n'
            '2024/01/25,給与,,"250,000","100,000"\n'
        ),
        [
            ("2024-01-31", "-1490.00", None, "ネットフリックス"),
            ("2024-01-25", "250000.00", None, "給与"),
        ],
    ),
    "amex_3col_dmy": (
        "utf-8",
        0,
        (
            '31/01/2024,Reference: AT1234," 10.99",SPOTIFY PREMIUM,Process Date 01/02/2024\n'
            '20/01/2024,Reference: AT1235," -300.00",PAYMENT RECEIVED - THANK YOU,\n'
            '11/01/2024,Reference: AT1236," 54.20",WAITROSE,\n'
        ),
        [
            ("2024-01-31", "-10.99", None, "spotify"),
            ("2024-01-20", "300.00", None, "payment"),
            ("2024-01-11", "-54.20", None, "waitrose"),
        ],
    ),
    "tsb_card_credit": (
        "utf-8",
        0,
        (
            "Date,Date entered,Reference,Description,Amount,\n"
            "31/01/2024,01/02/2024,123,SPOTIFY,10.99,\n"
            "20/01/2024,20/01/2024,124,DIRECT DEBIT PAYMENT - THANK YOU,-300.00,\n"
        ),
        [
            ("2024-01-31", "-10.99", None, "spotify"),
            ("2024-01-20", "300.00", None, ""),
        ],
    ),
    "apple_card": (
        "utf-8",
        0,
        (
            "Transaction Date,Clearing Date,Description,Merchant,Category,Type,Amount (USD),Purchased By\n"
            '01/31/2024,02/01/2024,"APPLE.COM/BILL ONE APPLE PARK WAY","Apple Services","Other","Purchase","9.99","J S"\n'
            '01/20/2024,01/21/2024,"ACH DEPOSIT INTERNET TRANSFER","Ach Deposit Internet Transfer From Account","Payment","Payment","-100.00","J S"\n'
        ),
        [
            ("2024-01-31", "-9.99", "USD", "apple"),
            ("2024-01-20", "100.00", "USD", ""),
        ],
    ),
    "santander_uk_txt": (
        "utf-8",
        0,
        (
            "Date,Description,Money in,Money Out,Balance\n"
            '05/02/2024,"DIRECT DEBIT PAYMENT TO BRITISH GAS REF 123, MANDATE NO 0012",,£80.00,"£1,020.00"\n'
            '03/02/2024,"FASTER PAYMENTS RECEIPT REF.RENT FROM June Park","£1,100.00",,"£1,100.00"\n'
        ),
        [
            ("2024-02-05", "-80.00", "GBP", "British Gas"),
            ("2024-02-03", "1100.00", "GBP", ""),
        ],
    ),
}


def signed(row: Row) -> str:
    """The amount with its sign: money out has a minus."""
    price = str(row.thing.data["price"])
    return price if row.thing.type == "ReceiveAction" else f"-{price}"


@pytest.mark.parametrize("case", list(CASES))
def test_a_statement_is_read_as_it_was_meant(case: str) -> None:
    encoding, unreadable, text, expected = CASES[case]
    export = open_export(case, io.BytesIO(text.encode(encoding)), {})
    assert export.questions == []
    found = list(export.rows())
    rows = [row for row in found if isinstance(row, Row)]
    assert len(found) - len(rows) == unreadable
    assert [(row.thing.time, signed(row), row.thing.data.get("priceCurrency")) for row in rows] == [
        wanted[:3] for wanted in expected
    ]
    for row, (_, _, _, name) in zip(rows, expected, strict=True):
        assert name.casefold() in row.thing.name.casefold()
