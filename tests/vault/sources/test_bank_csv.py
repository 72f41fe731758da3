"""Bank statements as CSV, as banks of several countries write them."""

import datetime
import io
from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firsthand.vault.sources import Export, Row, UnableToRead, Unreadable, open_export
from firsthand.vault.sources.booked import surely_not

Paid = tuple[str, str, str, str | None, str]


def opened(text: str, answers: Mapping[str, str] | None = None, encoding: str = "utf-8") -> Export:
    return open_export("statement.csv", io.BytesIO(text.encode(encoding)), answers or {})


def read(
    text: str, answers: Mapping[str, str] | None = None, encoding: str = "utf-8"
) -> list[Paid]:
    export = opened(text, answers, encoding)
    assert export.questions == []
    found = []
    for row in export.rows():
        assert isinstance(row, Row), row
        data = row.thing.data
        code = data.get("priceCurrency")
        found.append(
            (
                row.thing.type,
                str(row.thing.time),
                str(data["price"]),
                str(code) if code else None,
                row.thing.name,
            )
        )
    return found


GERMAN = """"Girokonto";"DE00 0000"
"Kontostand vom 05.01.2024:";"1.234,56 EUR"
""
"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempfänger*in";\
"Verwendungszweck";"Umsatztyp";"IBAN";"Betrag (€)";"Gläubiger-ID"
"03.01.24";"04.01.24";"Gebucht";"Greta Muster";"Spotify AB";"Abo Januar";"Ausgang";"DE1";"-9,99";""
"02.01.24";"02.01.24";"Gebucht";"ACME GmbH";"Greta Muster";"Lohn";"Eingang";"DE2";"2.500";""
"""
DUTCH = """"Datum","Naam / Omschrijving","Rekening","Tegenrekening","Code","Af Bij",\
"Bedrag (EUR)","Mutatiesoort","Mededelingen"
"20240103","Spotify","NL1","NL2","IC","Af","9,99","Incasso","maand"
"20240104","Werkgever","NL1","NL3","OV","Bij","2000,00","Overschrijving","loon"
"""
BRITISH = """"Account Name:","Current ****1"
"Date","Transaction type","Description","Paid out","Paid in","Balance"
"03 Jan 2024","Visa purchase","NETFLIX.COM","£9.99","","£1,090.01"
"04 Jan 2024","Credit","ACME LTD","","£2,000.00","£3,090.01"
"""
POLISH = """mBank S.A.;
#Data operacji;#Opis operacji;#Rachunek;#Kategoria;#Kwota;
2024-01-03;Żabka;eKonto;Jedzenie;-12,30 PLN;
2024-01-04;Pracodawca;eKonto;Wpływy;1 234,56 PLN;
"""
FRENCH = """Date;Libellé;Débit euros;Crédit euros
13/01/2024;PRLV SEPA EDF;-45,00;
12/01/2024;VIREMENT ACME;;1\u202f234,50
"""
INDIAN = """Date,Narration,Chq./Ref.No.,Value Dt,Withdrawal Amt.,Deposit Amt.,Closing Balance
03/01/24,UPI-SWIGGY,0000123,03/01/24,"1,23,456.00",,"5,00,000.00"
15/01/24,SALARY,0000124,15/01/24,,"2,00,000.00","7,00,000.00"
"""
NORWEGIAN = """"Dato";"Forklaring";"Rentedato";"Ut fra konto";"Inn på konto"
"03.01.2024";"Varekjøp Kiwi";"03.01.2024";"123,50";""
"04.01.2024";"Lønn";"04.01.2024";"";"30.000,00"
"""
SPANISH = """Fecha;Concepto;Importe;Saldo
3/1/2024;Pago en MERCADONA;-20,5;1.000,10
15/1/2024;Nómina;1.500;2.500,10
"""
SWISS = """Buchung;Valuta;Buchungstext;Belastung;Gutschrift;Saldo CHF
3. Januar 2024;03.01.24;Kauf Coop;12'345.60;;1'000.00
4. Januar 2024;04.01.24;Lohn;;5'000.00;6'000.00
"""
AMERICAN = """"01/03/2024","-12.30","*","","SPOTIFY P2D5A1B3 STOCKHOLM"
"01/15/2024","2000.00","*","","ACME PAYROLL"
"""


def test_german_with_lines_above_the_header() -> None:
    assert read(GERMAN, encoding="cp1252") == [
        ("PayAction", "2024-01-03", "9.99", "EUR", "Spotify AB"),
        ("ReceiveAction", "2024-01-02", "2500.00", "EUR", "ACME GmbH"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1250"])
def test_polish_in_every_encoding(encoding: str) -> None:
    assert read(POLISH, encoding=encoding) == [
        ("PayAction", "2024-01-03", "12.30", "PLN", "Żabka"),
        ("ReceiveAction", "2024-01-04", "1234.56", "PLN", "Pracodawca"),
    ]


def test_columns_for_out_and_in_and_a_column_for_the_direction() -> None:
    assert [row[:4] for row in read(DUTCH)] == [
        ("PayAction", "2024-01-03", "9.99", "EUR"),
        ("ReceiveAction", "2024-01-04", "2000.00", "EUR"),
    ]
    assert read(BRITISH, encoding="cp1252") == [
        ("PayAction", "2024-01-03", "9.99", "GBP", "Netflix"),
        ("ReceiveAction", "2024-01-04", "2000.00", "GBP", "Acme Ltd"),
    ]
    assert [row[:4] for row in read(FRENCH)] == [
        ("PayAction", "2024-01-13", "45.00", "EUR"),
        ("ReceiveAction", "2024-01-12", "1234.50", "EUR"),
    ]
    assert [row[:3] for row in read(INDIAN)] == [
        ("PayAction", "2024-01-03", "123456.00"),
        ("ReceiveAction", "2024-01-15", "200000.00"),
    ]
    assert [row[:3] for row in read(NORWEGIAN)] == [
        ("PayAction", "2024-01-03", "123.50"),
        ("ReceiveAction", "2024-01-04", "30000.00"),
    ]
    assert [row[:4] for row in read(SWISS)] == [
        ("PayAction", "2024-01-03", "12345.60", "CHF"),
        ("ReceiveAction", "2024-01-04", "5000.00", "CHF"),
    ]
    assert [row[:3] for row in read(SPANISH)] == [
        ("PayAction", "2024-01-03", "20.50"),
        ("ReceiveAction", "2024-01-15", "1500.00"),
    ]


def test_a_file_without_names_of_columns_is_read_by_its_content() -> None:
    assert read(AMERICAN) == [
        ("PayAction", "2024-01-03", "12.30", None, "Spotify"),
        ("ReceiveAction", "2024-01-15", "2000.00", None, "Acme Payroll"),
    ]


def test_a_day_that_may_be_a_month_is_asked_for_and_the_answer_holds() -> None:
    text = "Date,Description,Amount\n03/04/2025,Tea,-1.50\n03/04/2025,Bun,-2.50\n"
    export = opened(text)
    (question,) = export.questions
    assert question.ask == "In 03/04/2025, is 03 the day or the month?"
    assert question.choices == ["day first", "month first"]
    assert len(list(export.rows())) == 2
    assert {row[1] for row in read(text, {question.id: "day first"})} == {"2025-04-03"}
    assert {row[1] for row in read(text, {question.id: "month first"})} == {"2025-03-04"}
    with pytest.raises(UnableToRead, match="day first"):
        opened(text, {question.id: "perhaps"})


def test_an_order_that_runs_one_way_in_one_reading_only_needs_no_question() -> None:
    rows = ["02/01/2025", "03/01/2025", "01/02/2025", "04/02/2025"]
    text = "Date,Description,Amount\n" + "".join(f"{day},Tea,-1.50\n" for day in rows)
    assert [row[1] for row in read(text)] == [
        "2025-01-02",
        "2025-01-03",
        "2025-02-01",
        "2025-02-04",
    ]


def test_thousands_or_decimals_are_asked_for_only_if_nothing_in_the_file_says() -> None:
    text = "Date;Description;Amount\n2024-01-03;Tea;-1.234\n"
    (question,) = opened(text).questions
    assert question.id.endswith(".decimal")
    assert read(text, {question.id: "comma"})[0][2] == "1234.00"
    assert read(text, {question.id: "point"})[0][2] == "1.234"
    assert read(text + "2024-01-04;Bun;-2,50\n")[0][2] == "1234.00"


def test_the_minority_of_dates_that_fit_no_other_order_is_unreadable() -> None:
    text = "Date,Text,Amount\n13/01/2025,A,-1.00\n14/01/2025,B,-1.00\n01/15/2025,C,-1.00\n"
    rows = list(opened(text).rows())
    assert [type(row) for row in rows] == [Row, Row, Unreadable]
    assert rows[2].line == 4


def test_every_row_is_accounted_for_with_its_line() -> None:
    text = (
        "Date,Description,Amount\n"  # 1
        "2024-01-03,good,-1.00\n"  # 2
        "\n"  # 3: blank
        "2024-01-03,too,many,-1.00\n"  # 4
        "2024-01-03,few\n"  # 5
        "2024-01-03,nul\x00,-1.00\n"  # 6
        '2024-01-03,"two\nlines",-1.00\n'  # 7 and 8
        '2024-01-03,"open,-1.00\n'  # 9
        "soon,no date,-1.00\n"  # 10
        "2024-01-03,no amount,\n"  # 11
        "2024-01-03,zero,0.00\n"  # 12
        "2024-01-03," + "x" * 70_000 + ",-1.00\n"  # 13
        ",,\n"  # 14: blank
        "Total,,-2.00\n"  # 15
        '2024-01-04,"=HYPERLINK(""http://x"")",-1.00\n'  # 16
    )
    rows = list(opened(text).rows())
    assert [(row.line, isinstance(row, Row)) for row in rows] == [
        (2, True),
        (4, False),
        (5, False),
        (6, False),
        (7, True),
        (9, False),
        (10, False),
        (11, False),
        (12, True),
        (13, False),
        (15, False),
        (16, True),
    ]
    kept = [row.thing for row in rows if isinstance(row, Row)]
    assert kept[2].type == "PayAction"
    assert kept[2].data["price"] == "0.00"
    assert kept[3].data["description"] == '=HYPERLINK("http://x")'


def test_equal_rows_are_many_things_and_an_overlap_adds_only_what_is_new() -> None:
    head = "Date,Description,Amount,Balance\n"
    old = [f"2024-01-{day:02},Tea,-1.50,{100 - day}\n" for day in (3, 3, 4)]
    new = [*old[1:], "2024-01-05,Tea,-1.50,9\n"]

    def ids(rows: list[str]) -> list[str]:
        return [row.thing.id for row in opened(head + "".join(rows)).rows() if isinstance(row, Row)]

    assert len(set(ids(old))) == 3
    assert ids(old) == ids(old)
    assert len(set(ids(old)) | set(ids(new))) == 4
    assert len(set(ids(old)) | set(ids(["2024-01-03,Tea,-1.50,7\n", *old]))) == 4


def test_a_guess_can_be_corrected() -> None:
    text = "Date,Description,Amount,Note\n2024-01-13,Tea,-1.50,Café\n"
    guesses = {guess.id.split(".", 1)[1]: guess for guess in opened(text).guesses}
    assert guesses["description"].guess == "Description"
    assert guesses["currency"].guess == "unknown"
    answers = {guesses["name"].id: "Note", guesses["currency"].id: "SEK"}
    assert read(text, answers) == [("PayAction", "2024-01-13", "1.50", "SEK", "Café")]
    answers = {guesses["sign"].id: "money you spent"}
    assert read(text, answers)[0][0] == "ReceiveAction"


def test_a_card_statement_counts_what_is_owed() -> None:
    text = (
        "Trans. Date,Post Date,Description,Amount,Category\n"
        "01/13/2024,01/14/2024,SPOTIFY,9.99,Music\n"
        "01/12/2024,01/13/2024,TESCO 1234,20.00,Food\n"
        "01/11/2024,01/12/2024,INTERNET PAYMENT - THANK YOU,-200.00,Payments\n"
    )
    assert [row[0] for row in read(text)] == ["PayAction", "PayAction", "ReceiveAction"]


def test_what_is_not_a_statement_is_refused_by_name() -> None:
    with pytest.raises(UnableToRead, match='"Colour", "Size"'):
        opened("Colour,Size\nred,5\n")
    with pytest.raises(UnableToRead, match="amounts"):
        opened("Date,Colour\n2024-01-03,red\n")
    assert list(opened("Date,Description,Amount\n").rows()) == []


DATE_STYLES = ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d %b %Y", "%Y%m%d", "%d-%m-%y")
MONEY_STYLES = ((".", ","), (",", "."), (",", " "), (".", "'"), (",", "\u00a0"), (".", ""))
NAMES = (
    ("Date", "Description", "Amount"),
    ("Buchungstag", "Verwendungszweck", "Betrag"),
    ("Date opération", "Libellé", "Montant"),
    ("Data contabile", "Descrizione", "Importo"),
    ("Fecha", "Concepto", "Importe"),
    ("Data", "Descrição", "Montante"),
    ("Datum", "Omschrijving", "Bedrag"),
    ("Data operacji", "Opis operacji", "Kwota"),
    ("Bokföringsdag", "Rubrik", "Belopp"),
    ("Dato", "Tekst", "Beløb"),
)
ROWS = st.lists(
    st.tuples(
        st.dates(datetime.date(2010, 1, 1), datetime.date(2030, 12, 31)),
        # A text that says that nothing was booked would be believed.
        st.text(
            st.characters(codec="cp1252", categories=["L", "N", "P", "Zs"]), max_size=20
        ).filter(lambda text: not surely_not(text.strip())),
        st.decimals(-999_999, 999_999, places=2),
    ),
    min_size=1,
    max_size=20,
)


def written(amount: Decimal, style: tuple[str, str], trailing: str) -> str:
    mark, group = style
    text = f"{abs(amount):,.2f}".replace(",", "G").replace(".", mark).replace("G", group)
    if amount >= 0:
        return text
    return {"before": f"-{text}", "after": f"{text}-", "round": f"({text})"}[trailing]


@settings(deadline=None)
@given(
    rows=ROWS,
    date_style=st.sampled_from(DATE_STYLES),
    money=st.sampled_from(MONEY_STYLES),
    names=st.sampled_from(NAMES),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    trailing=st.sampled_from(["before", "after", "round"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_rows_written_in_any_style_are_read_again(
    rows: list[tuple[datetime.date, str, Decimal]],
    date_style: str,
    money: tuple[str, str],
    names: tuple[str, str, str],
    delimiter: str,
    encoding: str,
    trailing: str,
    end: str,
) -> None:
    lines = [delimiter.join(names)]
    for date, text, amount in rows:
        cells = (date.strftime(date_style), text, written(amount, money, trailing))
        lines.append(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in cells))
    content = (end.join(lines) + end).encode(encoding)
    export = open_export("any.csv", io.BytesIO(content), {})
    word = "month first" if date_style.startswith("%m") else "day first"
    assert {question.id[9:] for question in export.questions} <= {"date-order", "sign"}
    numeric = date_style in ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%y", "%d.%m.%Y")
    prefix = (export.questions or export.guesses)[0].id[:8]
    answers = {f"{prefix}.sign": "money you received"}
    if numeric:
        answers[f"{prefix}.date-order"] = word
    export = open_export("any.csv", io.BytesIO(content), answers)
    assert export.questions == []
    found = list(export.rows())
    assert [row.line for row in found] == list(range(2, len(rows) + 2))
    for row, (date, _, amount) in zip(found, rows, strict=True):
        assert isinstance(row, Row), row
        assert row.thing.time == date.isoformat()
        assert Decimal(str(row.thing.data["price"])) == abs(amount)
        assert row.thing.type == ("ReceiveAction" if amount > 0 else "PayAction")
    assert len({row.thing.id for row in found if isinstance(row, Row)}) == len(rows)


def test_the_number_of_an_account_is_no_name() -> None:
    text = (
        "Bokföringsdag;Belopp;Avsändare;Mottagare;Namn;Rubrik;Saldo;Valuta\n"
        "2024/01/13;-99,00;123;;;Autogiro Spotify;1000,00;SEK\n"
        "2024/01/12;10000,00;;123;;Lön;1099,00;SEK\n"
    )
    assert [row[4] for row in read(text)] == ["Spotify", "Lön"]


def test_the_name_is_where_rows_differ() -> None:
    text = (
        "Data;Entrate;Uscite;Descrizione;Descrizione Completa\n"
        "13/01/2024;;-9,99;Pagamento Visa;SPOTIFY P2D5A1B3\n"
        "12/01/2024;;-5,00;Pagamento Visa;BAR ROMA\n"
    )
    assert [row[4] for row in read(text)] == ["Spotify", "Bar Roma"]


def test_the_balance_shows_what_an_amount_without_a_minus_is() -> None:
    head = "Date,Text,Amount,Balance\n"
    spent = head + "2024-01-01,a,100,1000\n2024-01-02,b,50,950\n2024-01-03,c,30,920\n"
    assert {row[0] for row in read(spent)} == {"PayAction"}
    received = head + "2024-01-03,c,30,1180\n2024-01-02,b,50,1150\n2024-01-01,a,100,1100\n"
    assert {row[0] for row in read(received)} == {"ReceiveAction"}


def test_short_words_of_other_scripts_are_words() -> None:
    text = "交易日期\t摘要\t金额\n2024年1月13日\t超市\t-12.30\n2024年1月12日\t工资\t1200.00\n"
    assert [row[4] for row in read(text)] == ["超市", "工资"]


def test_a_text_of_two_lines_where_every_line_ends_in_a_delimiter() -> None:
    rows = read(
        "Date;Libellé;Débit euros;Crédit euros;\n"
        '13/01/2024;"PAIEMENT PAR CARTE\nX1234 CARREFOUR 31/12 ";45,20;;\n'
        '14/01/2024;"VIREMENT\nACME ";;2 500,00;\n',
        encoding="cp1252",
    )
    assert [row[:4] for row in rows] == [
        ("PayAction", "2024-01-13", "45.20", "EUR"),
        ("ReceiveAction", "2024-01-14", "2500.00", "EUR"),
    ]


def test_a_table_of_anything_else_is_not_said_to_be_of_one_service() -> None:
    with pytest.raises(UnableToRead, match="neither an export that is known nor a bank statement"):
        opened("Channel,Address\nA,b\nC,d\n")
