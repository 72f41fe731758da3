"""MT940 as banks of several countries write it, whole and broken."""

import io
import textwrap
from collections.abc import Sequence

import pytest

from firsthand.protocol.things import Thing
from firsthand.vault.sources import Each, Row, UnableToRead, Unreadable, open_export

GERMAN_WORDS = "EREF+NOTPROVIDED", "SVWZ+Gehalt Januar 2024 Personalnummer 12 und mehr"
GERMAN = (
    "166?00GUTSCHR. UEBERWEISUNG?109249"
    f"?20{GERMAN_WORDS[0]}?21{GERMAN_WORDS[1][:27]}?22{GERMAN_WORDS[1][27:]}"
    "?30GENODEF1?31DE02100100100006820101?32Gärtnerei Malik und Söhne G?33mbH"
)
POLISH = "944^00PRZELEW^20Czynsz za styczen 2024 lok.^21 12^32Tomasz Nowak^33ul. Dluga 3"
RABO = "/EREF/01-01-2024 12:00/BENM//NAME/INÊS COSTA/REMI/Huur januari/ISDT/2024-01-02"
ING = "/CNTP/NL91ABNA0417164300/ABNANL2A/Greta Bakker/Utrecht//REMI/USTD//Boodschappen/"


def wrapped(purpose: str) -> list[str]:
    """The lines of a `:86:`, 65 signs each, as a bank cuts them."""
    return [":86:" + purpose[:65], *(purpose[i : i + 65] for i in range(65, len(purpose), 65))]


def statement(*movements: str, account: str = "10020030/1234567", currency: str = "EUR") -> str:
    head = [":20:STARTUMS", f":25:{account}", ":28C:1/1", f":60F:C240101{currency}100,00"]
    return "\r\n".join([*head, *movements, f":62F:C240131{currency}90,00", "-", ""])


def movement(first: str, purpose: str = "") -> str:
    return "\r\n".join([f":61:{first}", *(wrapped(purpose) if purpose else [])])


def read(text: str, encoding: str = "utf-8") -> list[Each]:
    return list(open_export("any.sta", io.BytesIO(text.encode(encoding)), {}).rows())


def things(rows: Sequence[Each]) -> list[Thing]:
    assert all(isinstance(row, Row) for row in rows), rows
    return [row.thing for row in rows if isinstance(row, Row)]


@pytest.mark.parametrize(
    ("purpose", "name", "text"),
    [
        (GERMAN, "Gärtnerei Malik und Söhne GmbH", "Gehalt Januar 2024 Personalnummer 12 und mehr"),
        (POLISH, "Tomasz Nowak", "Czynsz za styczen 2024 lok. 12"),
        (POLISH.replace("^", "~"), "Tomasz Nowak", "Czynsz za styczen 2024 lok. 12"),
        (POLISH.replace("^", "<"), "Tomasz Nowak", "Czynsz za styczen 2024 lok. 12"),
        (RABO, "INÊS COSTA", "Huur januari"),
        (ING, "Greta Bakker", "Boodschappen"),
        ("SEPA Overboeking   Naam: Pieter Smit   Omschrijving: fiets", "Pieter Smit", None),
        ("BEA   NR:XX1234   01.02.24/12.34 KRUIDENIER UTRECHT,PAS999", None, None),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf-8-sig"])
def test_what_it_was_for(purpose: str, name: str | None, text: str | None, encoding: str) -> None:
    if name and "Ê" in name:
        encoding = "utf-8"
    (thing,) = things(read(statement(movement("2401310131C2500,00NTRFNONREF", purpose)), encoding))
    assert (thing.type, thing.time, thing.source) == ("ReceiveAction", "2024-01-31", "bank")
    assert (thing.data["price"], thing.data["priceCurrency"]) == ("2500.00", "EUR")
    if name:
        assert thing.name == name
    assert thing.data["description"] == (text or " ".join(purpose.split()))


@pytest.mark.parametrize(
    ("first", "kind", "time", "price"),
    [
        ("2401030103D3,50N005NONREF", "PayAction", "2024-01-03", "3.50"),
        ("240103C3,50N005NONREF", "ReceiveAction", "2024-01-03", "3.50"),
        ("2401030103RC3,5NMSCNONREF", "PayAction", "2024-01-03", "3.50"),
        ("2401030103RD3,NMSCNONREF", "ReceiveAction", "2024-01-03", "3.00"),
        ("2401030103DR1234567,89NTRFX", "PayAction", "2024-01-03", "1234567.89"),
        ("2401020103CN0,01NTRFNONREF//MB1", "ReceiveAction", "2024-01-03", "0.01"),
        ("2312311231D1,00NTRFX", "PayAction", "2023-12-31", "1.00"),
        ("2312310102D1,00NTRFX", "PayAction", "2024-01-02", "1.00"),
        ("2401021231D1,00NTRFX", "PayAction", "2023-12-31", "1.00"),
        ("240230D000000000025,00N102EREF            ", "PayAction", "2024-02-29", "25.00"),
        ("2401030103CR\r\n30,00N062NONREF", "ReceiveAction", "2024-01-03", "30.00"),
    ],
)
def test_a_movement_says_its_day_and_its_way(first: str, kind: str, time: str, price: str) -> None:
    (thing,) = things(read(statement(movement(first, "166?00KARTE?20Brot?32Bäckerei"))))
    assert (thing.type, thing.time, thing.data["price"]) == (kind, time, price)


def test_several_statements_with_their_envelopes_and_currencies() -> None:
    message = "{1:F01INGBNL2AXXX0000000000}{2:I940INGBNL2AXXXN}{3:{108:B1S1}}{4:\r\n"
    text = message + statement(movement("2401030103D3,50N005A", RABO)) + "-}\r\n"
    text += message + statement(
        movement("2401040104D4,50N005B", ING), account="PL1", currency="PLN"
    ).replace("\r\n-\r\n", "\r\n-}")
    found = things(read(text))
    assert [thing.data["priceCurrency"] for thing in found] == ["EUR", "PLN"]


def test_the_same_movement_in_another_download_is_the_same() -> None:
    lines = [movement(f"2401{day:02}01{day:02}D3,50NTRFNONREF", GERMAN) for day in (3, 3, 4, 5)]
    first, second = things(read(statement(*lines[:3]))), things(read(statement(*lines)))
    assert len({thing.id for thing in first + second}) == 4
    assert [thing.id for thing in first] == [thing.id for thing in second][:3]
    other = things(read(statement(*lines, account="2")))
    assert not {thing.id for thing in other} & {thing.id for thing in second}


def test_what_cannot_be_read_has_its_place() -> None:
    rows = read(statement("", ":61:soon", movement("2413030103D3,50N005X"), ":61:2401030103ED1,N1"))
    assert [(row.line, row.why) for row in rows if isinstance(row, Unreadable)] == [
        (6, '"soon" is not a movement with a date and an amount.'),
        (7, '"241303" is not a date.'),
        (8, "It is not booked: expected."),
    ]
    assert len(rows) == 3


@pytest.mark.parametrize("at", range(0, 700, 37))
def test_a_cut_anywhere_never_fails(at: int) -> None:
    text = statement(movement("2401030103D3,50N005A", GERMAN), movement("2401030103C1,N005", ING))
    try:
        assert len(read(text[:at])) <= 2
    except UnableToRead:
        return


def test_other_files_with_colons_are_not_taken() -> None:
    note = textwrap.dedent(
        """\
        Date,Description,Amount
        2024-01-03,":20: and more",-3.50
        """
    )
    (thing,) = things(read(note))
    assert "description" in thing.data
