"""Layouts put together by chance, out of the names that columns have in some languages."""

# ruff: noqa: E501 - one name beside the other

import random

from heldout_layouts import Layout

# Names by what the column holds; the money is a signed amount or a pair.
NAMES = {
    "de": {"D": ["Datum", "Buchungsdatum", "Tag der Buchung", "Umsatzdatum"],
           "P": ["Empfänger", "Zahlungsempfänger", "Name", "Gegenpartei", "Händler"],
           "T": ["Verwendungszweck", "Beschreibung", "Text", "Buchungsdetails"],
           "A": ["Betrag", "Umsatz", "Betrag EUR", "Buchungsbetrag"], "O": ["Soll", "Belastung", "Ausgang"],
           "I": ["Haben", "Gutschrift", "Eingang"], "B": ["Saldo", "Kontostand"], "C": ["Währung"]},
    "en": {"D": ["Date", "Transaction Date", "Posting date", "Booked on"],
           "P": ["Payee", "Merchant", "Counterparty", "Name", "Paid to"],
           "T": ["Description", "Details", "Narrative", "Memo", "Particulars"],
           "A": ["Amount", "Value", "Transaction amount"], "O": ["Debit", "Paid out", "Withdrawals", "Money out"],
           "I": ["Credit", "Paid in", "Deposits", "Money in"], "B": ["Balance", "Running balance"],
           "C": ["Currency", "Ccy"]},
    "fr": {"D": ["Date", "Date opération", "Date comptable", "Date d'achat"],
           "P": ["Bénéficiaire", "Tiers", "Commerçant"], "T": ["Libellé", "Description", "Intitulé", "Détail"],
           "A": ["Montant", "Montant en euros"], "O": ["Débit", "Dépenses", "Sortie"],
           "I": ["Crédit", "Recettes", "Entrée"], "B": ["Solde"], "C": ["Devise"]},
    "es": {"D": ["Fecha", "Fecha operación", "Fecha contable"], "P": ["Beneficiario", "Comercio", "Destinatario"],
           "T": ["Concepto", "Descripción", "Detalle"], "A": ["Importe", "Cantidad", "Monto"],
           "O": ["Cargos", "Debe", "Gastos"], "I": ["Abonos", "Haber", "Ingresos"], "B": ["Saldo"],
           "C": ["Divisa", "Moneda"]},
    "it": {"D": ["Data", "Data operazione", "Data contabile"], "P": ["Beneficiario", "Esercente", "Controparte"],
           "T": ["Descrizione", "Causale", "Dettagli"], "A": ["Importo"], "O": ["Uscite", "Addebiti", "Dare"],
           "I": ["Entrate", "Accrediti", "Avere"], "B": ["Saldo"], "C": ["Divisa", "Valuta"]},
    "nl": {"D": ["Datum", "Boekdatum", "Transactiedatum"], "P": ["Naam tegenpartij", "Tegenpartij", "Naam"],
           "T": ["Omschrijving", "Mededelingen"], "A": ["Bedrag", "Transactiebedrag"],
           "O": ["Af", "Debet", "Uitgaven"], "I": ["Bij", "Credit", "Inkomsten"], "B": ["Saldo"],
           "C": ["Munt", "Valuta"]},
    "pl": {"D": ["Data operacji", "Data księgowania", "Data"], "P": ["Kontrahent", "Odbiorca"],
           "T": ["Opis", "Tytuł", "Opis operacji"], "A": ["Kwota", "Kwota operacji"], "O": ["Obciążenia", "Wydatki"],
           "I": ["Uznania", "Wpływy"], "B": ["Saldo", "Saldo po operacji"], "C": ["Waluta"]},
}  # fmt: skip
DATES = {
    "de": ["d.m.Y", "d.m.y", "Y-m-d"], "en": ["d/m/Y", "d_M_Y", "Y-m-d", "d-m-Y"],
    "fr": ["d/m/Y", "d/m/y", "Y-m-d"], "es": ["d/m/Y", "d-m-Y"], "it": ["d/m/Y", "d.m.Y"],
    "nl": ["d-m-Y", "Ymd", "Y-m-d"], "pl": ["Y-m-d", "d.m.Y", "d-m-Y"],
}  # fmt: skip
POINT, COMMA = ["1234.56", "1,234.56"], ["1.234,56", "1_234,56", "1234,56"]


def layouts(rng: random.Random, count: int) -> list[Layout]:
    """So many layouts; the same for the same chance."""
    found = []
    for number in range(count):
        country = rng.choice(sorted(NAMES))
        names = NAMES[country]
        held = ["D", rng.choice(["P", "T", "PT"]), rng.choice(["A", "A", "OI"])]
        held += rng.choice(["", "B", "C", "BC"])
        whats = list("".join(held))
        rng.shuffle(whats)
        columns = tuple((rng.choice(names[what]), what) for what in whats)
        delimiter = rng.choice([",", ";", ";", "\t", "|"])
        forms = POINT if country == "en" else COMMA
        options = {option for option in ("q", "desc", "pre", "foot", "cr") if rng.random() < 0.4}
        options.add(rng.choice(["utf-8", "utf-8-sig", "utf-16"]))
        date, money = rng.choice(DATES[country]), rng.choice(forms)
        name = f"chance-{number:02}-{country}"
        found.append(Layout(name, country, delimiter, date, money, frozenset(options), columns))
    return found
