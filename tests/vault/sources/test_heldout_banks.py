"""Statements in the shapes that single banks give: signs, dates, names and encodings."""

# ruff: noqa: E501 - lines as banks write them

import io

import pytest

from firsthand.vault.sources import Row, open_export

Expected = tuple[str, str, str | None, str]

# Name: (encoding, unreadable rows, the file, its rows as (day, signed amount, currency, name has)).
CASES: dict[str, tuple[str, int, str, list[Expected]]] = {
    "asn": (
        "utf-8",
        0,
        (
            '31-01-2024,NL01ASNB0123456789,NL02INGB0001234567,Netflix,,,,EUR,1000.00,EUR,-12.99,31-01-2024,31-01-2024,8888,INC,12345,,"Netflix abonnement",1\n'
            '01-02-2024,NL01ASNB0123456789,NL03RABO0001234567,ACME BV,,,,EUR,987.01,EUR,2000.00,01-02-2024,01-02-2024,8888,OVB,12346,,"Salaris",1\n'
            '13-02-2024,NL01ASNB0123456789,,Albert Heijn,,,,EUR,2987.01,EUR,-20.00,13-02-2024,13-02-2024,8888,BEA,12347,,"AH",1\n'
        ),
        [
            ("2024-01-31", "-12.99", "EUR", "netflix"),
            ("2024-02-01", "2000.00", "EUR", "salaris"),
            ("2024-02-13", "-20.00", "EUR", ""),
        ],
    ),
    "knab": (
        "utf-8",
        0,
        (
            "KNAB EXPORT;;;;;;;;;;;;;;;\n"
            "Rekeningnummer;Transactiedatum;Valutacode;CreditDebet;Bedrag;Tegenrekeningnummer;Tegenrekeninghouder;Valutadatum;Betaalwijze;Omschrijving;Type betaling;Machtigingsnummer;Incassant ID;Adres;Referentie;Boekdatum;\n"
            '"NL1";"31-01-2024";"EUR";"D";"12,99";"NL2";"Netflix";"31-01-2024";"Incasso";"abo";"";"";"";"";"R1";"31-01-2024";\n'
            '"NL1";"30-01-2024";"EUR";"C";"1.000,00";"NL2";"ACME";"30-01-2024";"Overboeking";"loon";"";"";"";"";"R2";"30-01-2024";\n'
        ),
        [
            ("2024-01-31", "-12.99", "EUR", "netflix"),
            ("2024-01-30", "1000.00", "EUR", "acme"),
        ],
    ),
    "bnp_fortis": (
        "utf-8",
        0,
        (
            "Volgnummer;Uitvoeringsdatum;Valutadatum;Bedrag;Valuta rekening;Rekeningnummer;Type verrichting;Tegenpartij;Naam van de tegenpartij;Mededeling;Details;Status;Reden van weigering\n"
            "2024-0001;31/01/2024;31/01/2024;-12,99;EUR;BE12;Kaartbetaling;;NETFLIX;;BETALING MET DEBETKAART NUMMER 1234 NETFLIX;Geaccepteerd;\n"
            "2024-0002;30/01/2024;30/01/2024;1000;EUR;BE12;Overschrijving in euro;BE9;ACME NV;LOON;x;Geaccepteerd;\n"
        ),
        [
            ("2024-01-31", "-12.99", "EUR", "netflix"),
            ("2024-01-30", "1000.00", "EUR", "acme"),
        ],
    ),
    "sparkasse_mt940": (
        "utf-8",
        0,
        (
            '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Beguenstigter/Zahlungspflichtiger";"Kontonummer";"BLZ";"Betrag";"Waehrung";"Info"\n'
            '"1234567";"31.12";"31.12.23";"ABSCHLUSS";"Entgelte";"";"0000000000";"37050198";"-7,50";"EUR";"Umsatz gebucht"\n'
            '"1234567";"02.01.24";"02.01.24";"DAUERAUFTRAG";"Miete Januar";"Pieter Vermieter";"123";"37050198";"-850,00";"EUR";"Umsatz gebucht"\n'
        ),
        [
            ("2023-12-31", "-7.50", "EUR", "Entgelte"),
            ("2024-01-02", "-850.00", "EUR", "Pieter Vermieter"),
        ],
    ),
    "comdirect": (
        "cp1252",
        2,
        (
            ";\n"
            '"Umsätze Girokonto";"Zeitraum: 30 Tage";\n'
            '"Neuer Kontostand";"1.000,00 EUR";\n'
            "\n"
            '"Buchungstag";"Wertstellung (Valuta)";"Vorgang";"Buchungstext";"Umsatz in EUR";\n'
            '"offen";"--";"Kartenverfügung";"Auftraggeber: REWE Buchungstext: REWE SAGT DANKE";"-12,34";\n'
            '"03.04.2024";"03.04.2024";"Lastschrift / Belastung";"Auftraggeber: Telekom Deutschland GmbH Buchungstext: Festnetz Vertragskonto 123 Ref. 9X";"-39,95";\n'
            '"02.04.2024";"02.04.2024";"Übertrag / Überweisung";"Empfänger: Greta Muster Kto/IBAN: DE12 BLZ/BIC: X Buchungstext: Danke Ref. 1Y";"-1.100,00";\n'
            "\n"
            '"Alter Kontostand";"2.152,29 EUR";\n'
        ),
        [
            ("2024-04-03", "-39.95", "EUR", "Telekom"),
            ("2024-04-02", "-1100.00", "EUR", "Greta Muster"),
        ],
    ),
    "wise_history": (
        "utf-8",
        0,
        (
            "ID,Status,Direction,Created on,Finished on,Source fee amount,Source fee currency,Target fee amount,Target fee currency,Source name,Source amount (after fees),Source currency,Target name,Target amount (after fees),Target currency,Exchange rate,Reference,Batch,Created by,Category,Note\n"
            "CARD_TRANSACTION-1,COMPLETED,OUT,2024-01-31 12:00:01,2024-01-31 12:00:01,0.00,EUR,,,June B,15.99,EUR,Netflix,15.99,EUR,1.0,,,June B,Entertainment,\n"
            "TRANSFER-2,COMPLETED,IN,2024-02-01 12:00:01,2024-02-01 12:00:05,0.00,EUR,,,ACME,1200.00,EUR,June B,1200.00,EUR,1.0,Pay,,June B,Money added,\n"
        ),
        [
            ("2024-01-31", "-15.99", "EUR", ""),
            ("2024-02-01", "1200.00", "EUR", ""),
        ],
    ),
    "bnp": (
        "cp1252",
        1,
        (
            "Compte de chèques;****1234;BNP;03/02/2024;;1 234,56\n"
            "31/01/2024;PAIEMENT CB;FACTURE CARTE;FACTURE CARTE DU 300124 CARREFOUR PARIS CARTE 4974XXXX;-45,10\n"
            "30/01/2024;VIREMENT RECU;VIR SEPA RECU;VIR SEPA RECU /DE ACME SARL /MOTIF SALAIRE;2 100,00\n"
            "29/01/2024;PRLV;PRLV SEPA;PRLV SEPA FREE TELECOM ECH/290124 ID EMETTEUR/FR1;-29,99\n"
        ),
        [
            ("2024-01-31", "-45.10", None, "carrefour"),
            ("2024-01-30", "2100.00", None, "ACME"),
            ("2024-01-29", "-29.99", None, "free telecom"),
        ],
    ),
    "unicredit": (
        "utf-8",
        0,
        (
            "Data Registrazione;Data valuta;Descrizione;Importo (EUR);\n"
            "31.01.2024;31.01.2024;PAGAMENTO APPLE PAY NFC del 30/01/2024 CARTA *1234 DI EUR 12,50 BAR ROMA;-12,50;\n"
            "27.01.2024;27.01.2024;BONIFICO A VOSTRO FAVORE DA ACME;1.850,00;\n"
        ),
        [
            ("2024-01-31", "-12.50", "EUR", "bar roma"),
            ("2024-01-27", "1850.00", "EUR", "acme"),
        ],
    ),
    "abn_tab": (
        "utf-8",
        0,
        (
            "123456789\tEUR\t20240131\t1000,00\t987,01\t20240131\t-12,99\t/TRTP/SEPA Incasso algemeen doorlopend/CSID/NL1/NAME/NETFLIX INTERNATIONAL B.V./MARF/X/REMI/Netflix/IBAN/NL2/BIC/X/EREF/Y\n"
            "123456789\tEUR\t20240201\t987,01\t3087,01\t20240201\t2100,00\t/TRTP/SEPA OVERBOEKING/IBAN/NL3/BIC/RABONL2U/NAME/ACME BV/REMI/Salaris/EREF/NOTPROVIDED\n"
            "123456789\tEUR\t20240202\t3087,01\t3063,56\t20240202\t-23,45\tBEA, Apple Pay                   AH 1234 UTRECHT,PAS123           NR:AB12, 02.02.24/18:03\n"
        ),
        [
            ("2024-01-31", "-12.99", "EUR", "netflix"),
            ("2024-02-01", "2100.00", "EUR", "acme"),
            ("2024-02-02", "-23.45", "EUR", "AH"),
        ],
    ),
    "raiffeisen_ch": (
        "utf-8",
        1,
        (
            "IBAN;Booked At;Text;Credit/Debit Amount;Balance;Valuta Date\n"
            "CH12;2024-01-31 00:00:00.0;Einkauf Coop-1234 Bern, 30.01.2024, 18:03, Karten-Nr. xxxx1234;-45.2;954.8;2024-01-31 00:00:00.0\n"
            "CH12;2024-01-25 00:00:00.0;Gutschrift ACME AG;1000;1000;2024-01-25 00:00:00.0\n"
            ";;Zusatztext ohne Betrag;;;\n"
        ),
        [
            ("2024-01-31", "-45.20", None, "coop"),
            ("2024-01-25", "1000.00", None, "acme"),
        ],
    ),
    "zkb": (
        "utf-8-sig",
        0,
        (
            '"Datum";"Buchungstext";"Whg";"Betrag Detail";"ZKB-Referenz";"Referenznummer";"Belastung CHF";"Gutschrift CHF";"Valuta";"Saldo CHF";"Zahlungszweck";"Details"\n'
            '"31.01.2024";"Einkauf ZKB Visa Debit Card Nr. xxxx 1234, Migros Zuerich";"";"";"Z1";"";"45.20";"";"31.01.2024";"954.80";"";""\n'
            '"25.01.2024";"Gutschrift: ACME AG";"";"";"Z2";"";"";"1\'000.00";"25.01.2024";"1000.00";"Lohn";""\n'
        ),
        [
            ("2024-01-31", "-45.20", "CHF", "migros"),
            ("2024-01-25", "1000.00", "CHF", "acme"),
        ],
    ),
    "postfinance": (
        "utf-8-sig",
        2,
        (
            'Datum von:;="2024-01-01"\n'
            'Datum bis:;="2024-01-31"\n'
            'Buchungsart:;="Alle"\n'
            'Konto:;="CH1234"\n'
            'Währung:;="CHF"\n'
            "\n"
            "Datum;Bewegungstyp;Avisierungstext;Gutschrift in CHF;Lastschrift in CHF;Label;Kategorie\n"
            '31.01.2024;Kauf/Online-Shopping;"KAUF/ONLINE-SHOPPING VOM 30.01.2024 KARTEN NR. XXXX1234 NETFLIX.COM AMSTERDAM";;-18.90;;Freizeit\n'
            '25.01.2024;Gutschrift;"GUTSCHRIFT AUFTRAGGEBER: ACME AG MITTEILUNGEN: LOHN";5000;;;Einkommen\n'
            "\n"
            "Disclaimer:\n"
            "Dies ist kein durch die PostFinance AG erstelltes Dokument.\n"
        ),
        [
            ("2024-01-31", "-18.90", "CHF", "netflix"),
            ("2024-01-25", "5000.00", "CHF", "acme"),
        ],
    ),
    "tinkoff": (
        "cp1251",
        0,
        (
            '"Дата операции";"Дата платежа";"Номер карты";"Статус";"Сумма операции";"Валюта операции";"Сумма платежа";"Валюта платежа";"Кэшбэк";"Категория";"MCC";"Описание";"Бонусы"\n'
            '"31.01.2024 12:01:02";"31.01.2024";"*1234";"OK";"-199,00";"RUB";"-199,00";"RUB";"";"Музыка";"5815";"Yandex Plus";"0,00"\n'
            '"30.01.2024 10:01:02";"30.01.2024";"";"OK";"50000,00";"RUB";"50000,00";"RUB";"";"Пополнения";"";"Зарплата";"0,00"\n'
        ),
        [
            ("2024-01-31", "-199.00", "RUB", "yandex"),
            ("2024-01-30", "50000.00", "RUB", "Зарплата"),
        ],
    ),
    "kb_cz": (
        "cp1250",
        0,
        (
            '"Datum provedení";"Zaúčtovaná částka";"Měna";"Název protistrany";"Poznámka";"Typ transakce"\n'
            '"31.01.2024";"-199,00";"CZK";"Netflix";"";"Platba kartou"\n'
            '"30.01.2024";"1 500,00";"CZK";"ACME";"";"Příchozí úhrada"\n'
        ),
        [
            ("2024-01-31", "-199.00", "CZK", "netflix"),
            ("2024-01-30", "1500.00", "CZK", "acme"),
        ],
    ),
    "kaspi_kzt": (
        "utf-8",
        0,
        ('Date,Payee,Amount\n31.01.2024,Shop,"-3 000,00 ₸"\n30.01.2024,Pay,"30 000,00 ₸"\n'),
        [
            ("2024-01-31", "-3000.00", "KZT", "shop"),
            ("2024-01-30", "30000.00", "KZT", "pay"),
        ],
    ),
    "mbank_old": (
        "cp1250",
        1,
        (
            "#Data księgowania;#Data operacji;#Opis operacji;#Tytuł;#Nadawca/Odbiorca;#Numer konta;#Kwota;#Saldo po operacji;\n"
            '2024-01-31;2024-01-30;ZAKUP PRZY UŻYCIU KARTY;"BIEDRONKA 123 /WARSZAWA";"  ";\'\';-43,10;956,90;\n'
            '2024-01-29;2024-01-29;PRZELEW;"WYNAGRODZENIE";"ACME";\'123\';1 000,00;1 000,00;\n'
            ";;;;;;#Saldo końcowe;956,90 PLN;\n"
        ),
        [
            ("2024-01-30", "-43.10", "PLN", "biedronka"),
            ("2024-01-29", "1000.00", "PLN", "acme"),
        ],
    ),
    "vr_old": (
        "cp1252",
        2,
        (
            "Kontoauszug\n"
            ";;;\n"
            "Konto:;123\n"
            "\n"
            "Buchungstag;Valuta;Textschlüssel;Primanota;Zahlungsempfänger;ZahlungsempfängerKto;ZahlungsempfängerIBAN;ZahlungsempfängerBLZ;ZahlungsempfängerBIC;Vorgang/Verwendungszweck;Kundenreferenz;Währung;Umsatz;Soll/Haben\n"
            "31.01.2024;31.01.2024;;;ALDI;;;;;KARTENZAHLUNG;;EUR;12,50;S\n"
            "30.01.2024;30.01.2024;;;Chef;;;;;LOHN;;EUR;1.000,00;H\n"
            "\n"
            "01.01.2024;;;;;;;;;Anfangssaldo;EUR;12,45;H;\n"
            "31.01.2024;;;;;;;;;Endsaldo;EUR;1.000,45;H;\n"
        ),
        [
            ("2024-01-31", "-12.50", "EUR", "aldi"),
            ("2024-01-30", "1000.00", "EUR", "chef"),
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
