"""Names of the columns of bank statements, in the languages that banks write them in."""

# ruff: noqa: E501 - lists of names, one role a line

import re
from functools import cache, lru_cache

from firsthand.vault.sources.dates import plain
from firsthand.vault.sources.patterns import later

# In the order in which they win when a name fits several: the surer meaning first.
_WORDS: dict[str, str] = {
    "direction": """debit credit|credit debit|debit kredit|kredit debit|debito credito|credito debito|cargo abono|belastung gutschrift|credit debit indicator|cr dr|dr cr|d c|c d|soll haben|
        s h|s h kennzeichen|soll haben kennzeichen|af bij|bij af|debet credit|debet kredit|sens|segno|
        sign|signe|kierunek|direction|money in out|in out|debit or credit|dare avere|d h|debe haber|
        transaction direction|kennzeichen|vorzeichen|sh""",
    "balance": """balance|running balance|running bal|closing balance|saldo|kontostand|solde|
        account balance|saldo contabile|saldo na trn|saldo na mutatie|resultant balance|balans|
        saldo po operacji|saldo po transakcji|kontostand nach buchung|saldo nach buchung|bal|
        available balance|disponible|saldo disponible|saldo disponibile|zustatek|egyenleg|bakiye|
        bokfort saldo|bogfort saldo|bokfort balanse|tilgaengelig saldo|end balance|
        eindsaldo|endsaldo|残高|差引残高|ending balance|saldo final|restsaldo|sold|saldo despues|saldo apos""",
    "debit": """debit|debit amount|debits|withdrawal|withdrawals|withdrawal amt|withdrawal amount|
        expense amount|expense|expenses|amount out|funds out|money out|paid out|paid out amount|amount debit|soll|belastung|lastschrift|ausgang|ausgaben|zahlungsausgang|zahlungsausgange|geldausgang|auszahlung|auszahlungen|belastungen|abgang|abgange|
        ausgabe|debit euros|montant debit|debit eur|sortie|sorties|depense|depenses|addebiti|addebito|
        uscite|uscita|dare|cargo|cargos|debito|debitos|gasto|gastos|debe|adeudo|saidas|saida|af|
        afschrijving|afschrijvingen|uitgaven|uit|debet|obciazenia|obciazenie|wydatki|wydatek|
        kwota obciazenia|ut|uttag|ut fra konto|ut av konto|haevet|udbetaling|출금액|출금|출금금액|찾으신금액|지급금액|지출|支出|支出金额|借方|借方金額|借方金额|udbetalinger|ud|
        belastat|お支払金額|出金|出金金額|出金額|支払金額|引出|お引出し|money out gbp|paid out gbp|spent|outflow|out|cheque withdrawals|debit value""",
    "credit": """credit|credit amount|credits|income amount|income|amount in|funds in|deposit|deposits|deposit amt|deposit amount|money in|
        paid in|paid in amount|amount credit|haben|gutschrift|eingang|einnahmen|einnahme|zahlungseingang|zahlungseingange|geldeingang|einzahlung|einzahlungen|gutschriften|zugang|zugange|
        credit euros|montant credit|entree|entrees|recette|recettes|accrediti|accredito|entrate|
        entrata|avere|abono|abonos|credito|creditos|ingreso|ingresos|haber|entradas|entrada|bij|
        bijschrijving|bijschrijvingen|inkomsten|uznania|uznanie|wplywy|wplyw|kwota uznania|
        insattning|inn pa konto|입금액|입금|입금금액|맡기신금액|수입|收入|存入|存入金额|贷方|貸方|貸方金額|inn|indsat|indbetaling|indbetalinger|ind|inflow|in|received|
        credit value|お預り金額|入金|入金金額|入金額|預入|お預入れ|money in gbp""",
    "date_value": """value date|value dt|date value|val date|wertstellung|wertstellungstag|
        wertstellungsdatum|valutadatum|valuta datum|valutastellung|valutatag|wert|date valeur|
        date de valeur|date val|valeur|data valuta|valuta data|fecha valor|f valor|fecha de valor|
        data valor|data da valuta|data de valor|data waluty|data waluty operacji|rentedatum|valutadag|
        valordato|rentedato|rentedag|rantedag|valutering|settlement date|interest date|
        effective date|dt valor""",
    "date_transaction": """transaction date|trans date|txn date|tran date|date of transaction|
        started date|startdatum|purchase date|verrichtingsdatum|datum verrichting|data di inizio|data inizio|date operation|date d operation|date de l operation|
        date transaction|date de transaction|date achat|data operazione|data transazione|
        fecha operacion|fecha de operacion|fecha transaccion|fecha de la operacion|fecha oper|
        f operacion|data operacji|data transakcji|data movimento|data mov|data da transacao|
        data transacao|data da compra|data do movimento|transactiedatum|transaktionsdatum|
        transaktionsdag|transaksjonsdato|transaktionsdato|kaufdatum|belegdatum|umsatzdatum|
        kopdatum|kobsdato|datum transactie|verwendungsdatum|aankoopdatum|created|created on|
        date created|islem tarihi|maksupaiva|利用日|ご利用日|取引日|お取引日|transactionutc""",
    "date_booking": """date|booking date|posting date|posted date|post date|posted|date posted|
        booked|buchungstag|buchungsdatum|buchung|datum|buchungs datum|tag der buchung|
        completed date|entry date|date comptable|date de comptabilisation|dates|le|jour|
        date d enregistrement|data|data contabile|data registrazione|data di registrazione|fecha|
        fecha contable|dia|fecha mov|data lancamento|data do lancamento|data de lancamento|
        dt lancamento|boekdatum|boekingsdatum|datum boeking|mutatiedatum|data ksiegowania|
        data ksiegowa|bokforingsdag|bokforingsdatum|bokfort|bokford|bokfors|bogforingsdato|bogfort|dato|
        bokforingsdato|bokfort dato|bogfort dato|paivamaara|kirjauspaiva|pvm|tarih|datum provedeni|
        datum zauctovani|konyveles datuma|day|timestamp|datetime|date time|time stamp|bogforing|
        fecha y hora|data e ora|data hora|data i godzina|operation date|日付|年月日|reservation date""",
    "amount": """amount|credit debit amount|debit credit amount|source amount|amount credit debit|transaction amount|amt|betrag|umsatz|umsatzbetrag|buchungsbetrag|montant|
        montant de l operation|montant operation|importo|importe|monto|monto cargo|cantidad|valor|
        quantia|montante|importancia|valor transacao|bedrag|bedrag transactie|transactiebedrag|
        mutatiebedrag|kwota|kwota operacji|kwota transakcji|kwota w walucie rachunku|belopp|belob|
        belop|transaktionsbelopp|billing amount|net amount|amount in account currency|summa|suma|
        sum|gross|brutto|bruto|castka|zauctovana castka|osszeg|金額|利用金額|ご利用金額|tutar|maara|valor operacao|total|value|transactie bedrag|
        amount net|summe|movimento importo|bedrag in|betrag in|montante movimento|importo operazione""",
    "currency": """currency|ccy|currency code|curr|wahrung|waehrung|buchungswahrung|devise|monnaie|
        divisa|moneda|moeda|munt|muntsoort|munteenheid|waluta|waluta operacji|valuta|valutakod|mena|
        devizanem|para birimi|code devise|kontowahrung|transactiemunt|rekeningvaluta|mutationcode|
        waluta rachunku|source currency|通貨|account currency""",
    "payer": """source name|from|zahlungspflichtige r|zahlungspflichtiger|auftraggeber|payer|sender|remitter|nazwa nadawcy|
        ordenante|ordinante|nadawca|avsandare|avsender|afsender|zahler|debtor|debtor name|opdrachtgever""",
    "payee": """payee|naam van de tegenpartij|tegenrekeninghouder|target name|nazev protistrany|protistrana|nazev protiuctu|partner neve|payee name|merchant|merchant name|name|counterparty|counter party|
        counterparty name|counter party name|recipient|recipient name|beneficiary|beneficiary name|
        to from|to|paid to|vendor|zahlungsempfanger|zahlungsempfanger in|zahlungsempfaenger|empfanger|
        empfaenger|auftraggeber empfanger|auftraggeber empfaenger|empfanger auftraggeber|
        auftraggeber begunstigter|auftraggeber beguenstigter|begunstigter|begunstigter auftraggeber|
        beguenstigter zahlungspflichtiger|begunstigter zahlungspflichtiger|name zahlungsbeteiligter|
        zahlungsbeteiligter|auftraggeber zahlungsempfanger|zahlungspflichtiger zahlungsempfanger|
        zahlungspflichtige|partner|partner name|partnername|handler|haendler|gegenpartei|
        name des partners|name gegenkonto|tiers|beneficiaire|commercant|nom|marchand|contrepartie|
        nom de la contrepartie|nom contrepartie|beneficiario|controparte|esercente|comercio|comerciante|
        destinatario|nome|tegenpartij|naam tegenpartij|naam|naam omschrijving|name description|
        tegenpartij naam|naam tegenrekening|naam begunstigde|begunstigde|nazwa odbiorcy|odbiorca|
        nazwa|nadawca odbiorca|odbiorca nadawca|kontrahent|dane kontrahenta|nazwa kontrahenta|
        nazwa nadawcy odbiorcy|mottagare|namn|motpart|modtager|mottaker|navn|butik|saaja|
        saaja maksaja|shop|store|benefactor|estabelecimento|estabelecimiento|creditor name|
        counterpart|counterpart name|other party|other party name""",
    "description": """description|transaction description|details|transaction details|detail|memo|
        narrative|narration|particulars|reference|payment reference|notes|title|label|remarks|
        remittance information|original description|extended details|message|comment|purpose|
        verwendungszweck|buchungstext|beschreibung|text|buchungsdetails|details der buchung|
        umsatztext|vorgang verwendungszweck|zahlungsreferenz|zahlungsgrund|umsatzbeschreibung|
        libelle|libelle operation|libelle de l operation|libelle simplifie|libelle complet|motif|
        nature de l operation|communication|communications|informations complementaires|intitule|
        descriptif|detail de l ecriture|causale|descrizione|descrizione operazione|
        descrizione estesa|descrizione completa|avisierungstext|notification text|
        texte de notification|testo di avviso|text de notificacion|dettagli|note|operazione|concepto|descripcion|detalle|movimiento|
        observaciones|concepto ampliado|glosa|historico|descricao|descritivo|lancamento|descr|
        detalhes|memorando|descricao do movimento|omschrijving|mededelingen|mededeling|omschrijving 1|
        omschrijving 2|omschrijving 3|betalingskenmerk|opis|opis operacji|opis transakcji|tytul|
        tytulem|tytul operacji|tytul przelewu|szczegoly|szczegoly transakcji|beskrivning|meddelande|
        rubrik|transaktion|transaktionstext|referens|tekst|beskrivelse|forklaring|melding|besked|
        posteringstekst|beschreibung1|beschreibung2|beschreibung3|
        descrizione1|descrizione2|descrizione3|popis|poznamka|zprava pro prijemce|摘要|内容|お取引内容|ご利用店名|利用店名|kozlemeny|aciklama|viesti|selite|transaction|merchant description|
        what|item""",
    "kind": """type|bewegungstyp|type de mouvement|tipo di movimento|type of movement|transaction type|type of transaction|category|kategorie|categorie|categoria|
        umsatztyp|umsatzart|vorgang|buchungsart|type operation|type d operation|code|mutatiesoort|
        subcategory|typ|typ transakcji|typ operacji|rodzaj operacji|rodzaj transakcji|transaktionstyp|
        transaktionstype|kategori|spending category|status|state|kategoria|typ transakce|product|produkt|
        details type|transaktionsart|tipo|tipo operazione|tipo movimento|tipo de movimiento|subtype|
        soort transactie|soort""",
    "bank_id": """transaction id|transactionid|transaction number|fitid|transaction reference|
        transaktionsnummer|transaktions id|transferwise id|id transaction|id transakcji|
        numer transakcji|transactiereferentie|transaktionsreferenz|identificador|id transazione|
        transaction ref|arkivref|arkivreferens|unique id|id""",
    "account": """account|account number|account no|account id|auftragskonto|konto|eigenes konto|
        iban auftragskonto|bezeichnung auftragskonto|account name|kontobezeichnung|compte|
        numero de compte|conto|cuenta|conta|rekening|rekeningnummer|iban bban|eigen rekening|
        rachunek|numer rachunku|konto kontonummer|card number|card no|karte|kartennummer|
        card member|card account|kontonavn|card last 4 digits|kort|karteninhaber|cardholder""",
    "other": """start balance|beginsaldo|startsaldo|opening balance|beginning balance|
        source fee currency|target fee amount|target fee currency|
        target amount|target currency|local amount|local currency|original amount|
        original currency|foreign amount|foreign currency|amount in foreign currency|exchange rate|
        betrag fremdwahrung|originalbetrag|originalwahrung|lastschrift ursprungsbetrag|
        ursprungsbetrag|auslagenersatz rucklastschrift|auslagenersatz ruecklastschrift|check number|
        check or slip|cheque number|chq ref no|ref no cheque no|time|timezone|time zone|sort code|
        bic|bic swift code|swift|kontonummer iban|kontonummer|tegenrekening|tegenrekening iban bban|
        counterparty account|counterparty iban|iban zahlungsbeteiligter|iban|mandatsreferenz|
        glaubiger id|glaeubiger id|kundenreferenz|kundenreferenz end to end|sammlerreferenz|
        urspr betrag|urspr wahrung|wahrung fremdwahrung|fremdwahrungsbetrag|umrechnungskurs|
        original amount currency|type fremdwahrung|type foreign currency|dato tid|volgnr|oorspr bedrag|
        oorspr munt|koers|amount foreign currency|wechselkurs|taux|net|netto|kwota w walucie transakcji|
        waluta transakcji|address|city|country|zip code|end to end reference|original value|
        amount in original currency|fremdwahrung|native amount|receipt""",
    "fee": """fee|fees|gebuhr|gebuhren|frais|entgelt|comision|comisiones|commissione|commissioni|costi|
        comissao|taxa|tarifa|costo|costos|coste|cout|couts|custo|kosten|oplata|prowizja|avgift|gebyr|source fee amount|hinnoittelu|poplatek|dij""",
}


@cache
def _table() -> dict[str, tuple[str, int]]:
    table: dict[str, tuple[str, int]] = {}
    for role, names in _WORDS.items():
        for rank, name in enumerate(names.split("|")):
            table.setdefault(" ".join(plain(name).split()), (role, rank))
    return table


@cache
def _longest() -> int:
    return max(len(name.split()) for name in _table())


_ROLE_RANK = {role: rank for rank, role in enumerate(_WORDS)}
_BRACKETS = later(r"[(\[{][^)\]}]*[)\]}]")


def tokens_of(name: str) -> list[str]:
    """The words of a column's name, in plain letters."""
    return re.findall(r"[a-z0-9]+|[^\W\d_a-z]+", plain(name))


@lru_cache(maxsize=4096)
def role_of(name: str) -> tuple[str, int] | None:
    """What a column's name says it holds: (role, how sure), larger is surer; None if unknown.

    A name that is known as a whole is worth 1000 less its place in the list; one that holds a
    known name among other words is worth a hundred for each word of it.
    """
    if len(name) > 80:
        return None
    table = _table()
    for text in (name, _BRACKETS.sub(" ", name)):
        found = table.get(" ".join(tokens_of(text)))
        if found is not None:
            return found[0], 1000 - found[1]
    words = tokens_of(_BRACKETS.sub(" ", name))
    best: tuple[int, int, str] | None = None
    for size in range(min(_longest(), len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            found = table.get(" ".join(words[start : start + size]))
            # Words of few letters mean something only when they stand alone.
            if found and (size > 1 or (len(words[start]) > 3 and words[start] != "from")):
                candidate = (size, -_ROLE_RANK[found[0]], found[0])
                if best is None or candidate > best:
                    best = candidate
        if best is not None:
            return best[2], 100 * best[0]
    return None


def header_score(cells: list[str]) -> int:
    """How many cells are names of columns of a bank statement."""
    if len(cells) > 200:
        return 0
    known = [role_of(cell.strip()) for cell in cells if cell.strip()]
    return sum(1 for found in known if found and found[1] > 500)


def is_header(cells: list[str]) -> bool:
    """Whether these are the names of columns: a date and an amount at least."""
    if header_score(cells) < 2:
        return False
    roles = {found[0] for cell in cells if (found := role_of(cell.strip()))}
    dated = any(role.startswith("date") for role in roles)
    return dated and bool(roles & {"amount", "debit", "credit"})
