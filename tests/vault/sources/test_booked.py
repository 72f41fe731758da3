"""What is not booked is told of and not kept; which sign is spent, the file says or the person."""

import io

import pytest

from firsthand.vault.sources import Export, Row, Skipped, open_export


def opened(text: str, **answers: str) -> Export:
    stream = io.BytesIO(text.encode())
    export = open_export("x.csv", stream, {})
    prefix = (export.questions or export.guesses)[0].id[:8]
    given = {f"{prefix}.{what}": choice for what, choice in answers.items()}
    return open_export("x.csv", stream, given)


def amounts(export: Export) -> list[str]:
    found = []
    for row in export.rows():
        if isinstance(row, Row):
            sign = "-" if row.thing.type == "PayAction" else ""
            found.append(f"{sign}{row.thing.data['price']}")
    return found


@pytest.mark.parametrize(
    ("name", "kept", "left"),
    [
        ("State", "COMPLETED", "REVERTED"),
        ("State", "COMPLETED", "DECLINED"),
        ("Status", "Gebucht", "Vorgemerkt"),
        ("Info", "Umsatz gebucht", "Umsatz vorgemerkt"),
        ("Statut", "Comptabilisé", "En attente"),
        ("Stato", "Contabilizzato", "In attesa"),
        ("Contabilizzazione", "SI", "NO"),
        ("Estado", "Completado", "Pendiente"),
        ("Estado", "Concluído", "Em processamento"),
        ("Status", "Geboekt", "In behandeling"),
        ("Status", "Zrealizowana", "Oczekująca"),
        ("Status", "Bokförd", "Reserverad"),
        ("Tila", "Kirjattu", "Odottaa"),
        ("Статус", "Исполнено", "Отклонено"),
    ],
)
def test_rows_that_moved_no_money_are_told_of(name: str, kept: str, left: str) -> None:
    rows = [f"2024-01-{20 + i},Shop {i},-{i}.50,{left if i == 2 else kept}" for i in range(1, 6)]
    text = f"Date,Payee,Amount,{name}\n" + "\n".join(rows) + "\n"
    export = opened(text)
    assert [row for row in export.rows() if not isinstance(row, Row)] == [
        Skipped(3, "a payment that is not booked")
    ]
    assert amounts(export) == ["-1.50", "-3.50", "-4.50", "-5.50"]
    assert len(amounts(opened(text, state="none"))) == 5


def test_the_state_of_an_address_is_no_state_of_a_payment() -> None:
    text = "Date,Payee,Amount,State\n2024-01-20,A,-1.00,NY\n2024-01-21,B,-2.00,CA\n"
    assert amounts(opened(text)) == ["-1.00", "-2.00"]


def test_a_card_without_names_of_columns_has_its_purchases_as_spent() -> None:
    text = (
        "01 Feb 24,Netflix.com,Visa,MALIK,Entertainment,,10.99\n"
        '30 Jan 24,"Payment, Thank You",Visa,MALIK,,-100.00,\n'
        "28 Jan 24,Tesco,Visa,MALIK,Groceries,,12.00\n"
    )
    export = opened(text)
    assert export.questions == []
    assert amounts(export) == ["-10.99", "100.00", "-12.00"]


def test_what_two_columns_without_names_mean_is_asked_where_nothing_tells() -> None:
    text = "01 Feb 24,Aaa,,10.99\n30 Jan 24,Bbb,5.00,\n28 Jan 24,Ccc,,12.00\n"
    (question,) = opened(text).questions
    assert question.choices == ["column 3", "column 4"]
    assert amounts(opened(text, debit="column 4")) == ["-10.99", "5.00", "-12.00"]
    assert amounts(opened(text, debit="column 3")) == ["10.99", "-5.00", "12.00"]


def test_the_meaning_of_a_sign_is_asked_where_nothing_tells() -> None:
    text = "2024-01-20,Aaa,1.00\n2024-01-21,Bbb,2.00\n2024-01-22,Ccc,-3.00\n"
    (question,) = opened(text).questions
    assert question.id.endswith(".sign")
    assert amounts(opened(text, sign="money you spent")) == ["-1.00", "-2.00", "3.00"]
    told = text.replace("Aaa", "Tesco").replace("Bbb", "Aldi")
    assert amounts(opened(told)) == ["-1.00", "-2.00", "3.00"]


def test_a_line_about_the_account_is_no_payment() -> None:
    text = (
        '2024-02-01,31-01-2024,\'12 3456,TOMASZ,PLN,"957,00","1000,00",2,\n'
        '31-01-2024,31-01-2024,PŁATNOŚĆ KARTĄ NETFLIX,,,"-43,00","957,00",1,\n'
        '30-01-2024,30-01-2024,PENSJA,ACME,12 34,"1000,00","1000,00",2,\n'
    )
    export = opened(text)
    assert [row.line for row in export.rows() if isinstance(row, Skipped)] == [1]
    assert amounts(export) == ["-43.00", "1000.00"]
    alone = opened("".join(text.splitlines(keepends=True)[:2]))
    (said, paid) = alone.rows()
    assert isinstance(said, Skipped)
    assert isinstance(paid, Row)
    # The line of the account says the currency, and a column without a name who was paid.
    assert (paid.thing.data["priceCurrency"], paid.thing.name) == ("PLN", "Netflix")
