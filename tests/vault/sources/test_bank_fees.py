"""Fees beside an amount, names in other columns, and lines that are no payments."""

# ruff: noqa: E501 - lines as banks write them

import io

import pytest

from firsthand.vault.sources import Row, Skipped, open_export

REVOLUT = """Type,Product,Started Date,Completed Date,Description,Amount,{fee},Currency,State,Balance
CARD_PAYMENT,Current,2024-01-22 10:11:12,2024-01-23 08:00:00,Netflix,-12.99,0.00,EUR,COMPLETED,87.01
EXCHANGE,Current,2024-01-24 10:11:12,2024-01-24 10:11:13,Exchanged,-50.00,0.50,EUR,COMPLETED,36.51
TOPUP,Current,2024-01-27 10:11:12,2024-01-27 10:11:13,Top-Up,100.00,1.20,EUR,COMPLETED,135.31
FEE,Premium,2024-01-30 00:00:00,2024-01-30 00:00:00,Plan fee,0.00,7.99,EUR,COMPLETED,127.32
"""
PAYPAL = """"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","Transaction ID","Reference Txn ID","Balance"
"22/01/2024","10:11:12","CET","Spotify AB","PreApproved Payment","Completed","EUR","-10,99","0,00","-10,99","1AB23456CD789012E","B-12345678","-10,99"
"22/01/2024","10:11:12","CET","","Bank Deposit","Completed","EUR","10,99","0,00","10,99","2AB23456CD789012E","1AB23456CD789012E","0,00"
"25/01/2024","10:11:12","CET","June","Mobile Payment","Completed","EUR","50,00","-1,60","48,40","3AB23456CD789012E","","48,40"
"""
WISE = """ID,Status,Direction,Created on,Source fee amount,Source fee currency,Source name,Source amount (after fees),Source currency,Target name,Target amount (after fees),Target currency
T-4,COMPLETED,OUT,2024-01-25 10:11:12,0.62,EUR,Malik,100.00,EUR,June,86.00,GBP
T-3,COMPLETED,IN,2024-01-24 10:11:12,0.40,EUR,ACME,50.00,EUR,Malik,50.00,EUR
T-2,CANCELLED,OUT,2024-01-23 10:11:12,0.00,EUR,Malik,5.00,EUR,Bolt,5.00,EUR
T-1,COMPLETED,NEUTRAL,2024-01-22 10:11:12,0.20,EUR,Malik,50.00,EUR,Malik,54.00,USD
"""
WISE_WHOLE = """TransferWise ID,Date,Amount,Currency,Description,Running Balance,Payer Name,Payee Name,Merchant,Total fees
C-1,22-01-2024,-12.99,EUR,Card transaction of 12.99 EUR,87.01,,,Netflix,0.00
T-2,25-01-2024,-50.62,EUR,Sent money,36.39,,June,,0.62
"""
STARLING = """Date,Counter Party,Reference,Type,Amount (GBP),Balance (GBP)
,,Opening Balance,,,100.00
22/01/2024,Netflix,NETFLIX.COM,CONTACTLESS,-10.99,89.01
31/01/2024,,Closing Balance,,,89.01
"""
PKO = """"Data operacji","Typ transakcji","Kwota","Waluta","Opis transakcji","",""
"2024-01-31","Płatność kartą","-43.10","PLN","Tytuł: 000498849 12345","Lokalizacja: Adres: BIEDRONKA 123 Miasto: LODZ","Numer karty: 425125******1234"
"2024-01-29","Przelew","+2000.00","PLN","Rachunek nadawcy: 12 1140","Nazwa nadawcy: ACME","Tytuł: Wynagrodzenie"
"""
BRAZIL = """"Data","Dependencia Origem","Histórico","Data do Balancete","Número do documento","Valor",
"30/01/2024","","Saldo Anterior","","0","1000.00",
"31/01/2024","","Compra com Cartão - 31/01 10:11 NETFLIX","","123","-39.90",
"31/01/2024","","Pix - Recebido - 31/01 10:12 JUNE","","124","100.00",
"31/01/2024","","S A L D O","","0","1060.10",
"","","Total","","","1060.10",
"""
BARCLAYCARD = """05 Jun 26,"Direct Debit, Thank You",n/a,MALIK,,-751.92
03 Jun 26,"Lamp Shop, London",Visa,MALIK,Groceries,7.56
02 Jun 26,"Door Shop, Leeds",Visa,MALIK,Groceries,31.20
"""
ALIOR = """Data transakcji;Data księgowania;Nazwa nadawcy;Nazwa odbiorcy;Szczegóły transakcji;Kwota operacji;Waluta operacji
31-01-2024;31-01-2024;JUNE;NETFLIX;abo;-43,00;PLN
29-01-2024;29-01-2024;ACME;JUNE;WYNAGRODZENIE;2000,00;PLN
"""
GERMAN = """Buchungstag;Wert;Umsatzart;Begünstigter / Auftraggeber;Verwendungszweck;Betrag;Soll;Haben;Währung
31.1.2024;31.1.2024;SEPA-Lastschrift von;NETFLIX;Abo;-12,99;-12,99;;EUR
29.1.2024;29.1.2024;Gehalt;ACME;Lohn;1.000,00;;1.000,00;EUR
Kontostand;31.1.2024;;;1.234,56;EUR
"""
CASH = """"Transaction ID","Date","Transaction Type","Currency","Amount","Fee","Net Amount","Status","Notes","Name of sender/receiver"
"abc1","2024-01-31 10:11:12 EST","Sent P2P","USD","-$15.00","$0","-$15.00","PAYMENT SENT","pizza","Pieter"
"abc2","2024-01-30 10:11:12 EST","Sent P2P","USD","-$20.00","-$0.25","-$20.25","TRANSFER SENT","","Inês"
"abc3","2024-01-29 10:11:12 EST","Sent P2P","USD","-$9.00","$0","-$9.00","PAYMENT FAILED","x","Pieter"
"""
SWISS = """Abschlussdatum;Buchungsdatum;Währung;Belastung;Gutschrift;Saldo;Beschreibung1;Beschreibung2
2024-01-31;2024-01-31;CHF;-45.20;;1954.80;"Coop-1234 Bern";"Zahlung UBS TWINT"
2024-01-25;2024-01-25;CHF;;1000.00;2000.00;"ACME AG;3000 Bern";"Gutschrift"
"""
Seen = list[tuple[str, str]]
CASES: dict[str, tuple[str, Seen, int]] = {
    "revolut": (
        REVOLUT.format(fee="Fee"),
        [("-12.99", "Netflix"), ("-50.50", "Exchanged"), ("98.80", "Top-Up"), ("-7.99", "Plan fee")],
        0,
    ),
    "revolut-de": (
        REVOLUT.format(fee="Gebühr"),
        [("-12.99", "Netflix"), ("-50.50", "Exchanged"), ("98.80", "Top-Up"), ("-7.99", "Plan fee")],
        0,
    ),
    # Without a row before it nothing is told by the balance.
    "revolut-one": (
        "".join(REVOLUT.format(fee="Frais").splitlines(keepends=True)[:3:2]),
        [("-50.50", "Exchanged")],
        0,
    ),
    "paypal": (PAYPAL, [("-10.99", "Spotify AB"), ("10.99", "Bank Deposit"), ("48.40", "June")], 0),
    "wise": (WISE, [("-100.62", "June"), ("50.00", "ACME")], 2),
    "wise-with-fees": (WISE_WHOLE, [("-12.99", "Netflix"), ("-50.62", "June")], 0),
    "starling": (STARLING, [("-10.99", "Netflix")], 2),
    "banco-do-brasil": (BRAZIL, [("-39.90", "Netflix"), ("100.00", "June")], 3),
    "barclaycard": (
        BARCLAYCARD,
        [("751.92", "Thank You"), ("-7.56", "Lamp Shop London"), ("-31.20", "Door Shop Leeds")],
        0,
    ),
    "barclaycard-only-bought": (
        "".join(BARCLAYCARD.splitlines(keepends=True)[1:]),
        [("-7.56", "Lamp Shop London"), ("-31.20", "Door Shop Leeds")],
        0,
    ),
    "alior": (ALIOR, [("-43.00", "Netflix"), ("2000.00", "Acme")], 0),
    "deutsche-bank": (GERMAN, [("-12.99", "Netflix"), ("1000.00", "Acme")], 1),
    "ubs": (SWISS, [("-45.20", "Coop"), ("1000.00", "Acme Ag")], 0),
    "cash": (CASH, [("-15.00", "Pieter"), ("-20.25", "Inês")], 1),
    "pko": (PKO, [("-43.10", "Biedronka"), ("2000.00", "Acme")], 0),
}  # fmt: skip


@pytest.mark.parametrize("case", list(CASES))
def test_the_price_is_what_the_account_lost(case: str) -> None:
    text, expected, skipped = CASES[case]
    export = open_export(case, io.BytesIO(text.encode()), {})
    assert export.questions == []
    found = list(export.rows())
    things = [row.thing for row in found if isinstance(row, Row)]
    signs = {"PayAction": "-", "ReceiveAction": ""}
    seen = [(f"{signs[each.type]}{each.data['price']}", each.name) for each in things]
    assert [(price, name.casefold()) for price, name in seen] == [
        (price, name.casefold()) for price, name in expected
    ]
    assert sum(isinstance(row, Skipped) for row in found) == skipped == len(found) - len(things)


def test_a_fee_is_no_part_of_what_tells_a_payment_from_others() -> None:
    with_fees, without = REVOLUT.format(fee="Fee"), REVOLUT.format(fee="Points")
    ids = [
        [row.thing.id for row in open_export("x", io.BytesIO(text.encode()), {}).rows() if isinstance(row, Row)]
        for text in (with_fees, without)
    ]  # fmt: skip
    assert ids[0] == ids[1]


def test_a_fee_may_be_said_to_be_in_the_amount_already() -> None:
    text = REVOLUT.format(fee="Fee").encode()
    export = open_export("x", io.BytesIO(text), {})
    guess = next(each for each in export.guesses if each.id.endswith(".fee"))
    assert guess.guess == "not in it yet"
    said = open_export("x", io.BytesIO(text), {guess.id: "in it already"})
    prices = [row.thing.data["price"] for row in said.rows() if isinstance(row, Row)]
    assert prices == ["12.99", "50.00", "100.00", "0.00"]


def test_what_is_only_held_back_is_not_booked() -> None:
    text = (
        "Data transakcji;Dane kontrahenta;Kwota transakcji;Waluta;Kwota blokady/zwolnienie blokady\n"
        "2024-01-31;BIEDRONKA;-43,10;PLN;\n2024-01-30;ZABKA;;PLN;-12,00\n"
    )
    paid, held = open_export("x", io.BytesIO(text.encode()), {}).rows()
    assert isinstance(paid, Row)
    assert held == Skipped(3, "a payment that is not booked")
