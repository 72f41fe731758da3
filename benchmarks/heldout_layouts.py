"""How banks and issuers of cards lay their CSV out, written down from what their exports look like.

A line is: name | country | how | columns. `how` holds the delimiter, the form of dates, the form of
amounts, then any of: an encoding, `q` (all cells quoted), `desc` (newest first), `pre` (lines
above), `foot` (lines below), `nohead` (no names), `cr` (CRLF), `cur:EUR` (stated in a name or
above). A column is `name=what`:

    D the date, V another date, t a time, P who, T text with who in it, R a reference, K a kind,
    A signed amount, c what is owed (spent without a minus), a amount without a sign, O out, o out
    with a minus, I in, B balance, C currency, S direction, X state, N a number of an account,
    i an id, J the same in every row, E empty, F an amount in another currency
"""

from typing import NamedTuple

REAL = """
sparkasse|de|; d.m.y 1.234,56 cp1252 q desc cr|Auftragskonto=N;Buchungstag=D;Valutadatum=V;Buchungstext=K;Verwendungszweck=R;Glaeubiger ID=N;Mandatsreferenz=R;Kundenreferenz (End-to-End)=E;Beguenstigter/Zahlungspflichtiger=P;Kontonummer/IBAN=N;BIC (SWIFT-Code)=J;Betrag=A;Waehrung=C;Info=X
sparkasse-lang|de|; d.m.Y 1.234,56 cp1252 desc|Buchungstag=D;Wertstellung=V;Buchungstext=K;Auftraggeber/Empfänger=P;Verwendungszweck=R;Betrag=A;Währung=C
dkb|de|; d.m.y 1.234,56 utf-8-sig q desc pre|Buchungsdatum=D;Wertstellung=V;Status=X;Zahlungspflichtige*r=J;Zahlungsempfänger*in=P;Verwendungszweck=R;Umsatztyp=K;IBAN=N;Betrag (€)=A;Gläubiger-ID=N;Mandatsreferenz=E;Kundenreferenz=E
ing|de|; d.m.Y 1.234,56 cp1252 desc pre cr|Buchung=D;Wertstellungsdatum=V;Auftraggeber/Empfänger=P;Buchungstext=K;Verwendungszweck=R;Saldo=B;Währung=C;Betrag=A;Währung=C
comdirect|de|; d.m.Y 1.234,56 cp1252 q desc pre foot|Buchungstag=D;Wertstellung (Valuta)=V;Vorgang=K;Buchungstext=T;Umsatz in EUR=A
vr-bank|de|; d.m.Y 1.234,56 desc|Bezeichnung Auftragskonto=J;IBAN Auftragskonto=N;Buchungstag=D;Valutadatum=V;Name Zahlungsbeteiligter=P;IBAN Zahlungsbeteiligter=N;Buchungstext=K;Verwendungszweck=R;Betrag=A;Waehrung=C;Saldo nach Buchung=B
n26|de|, Y-m-d 1234.56 q|Date=D;Payee=P;Account number=N;Transaction type=K;Payment reference=R;Amount (EUR)=A;Amount (Foreign Currency)=E;Type Foreign Currency=E;Exchange Rate=E
n26-new|de|, Y-m-d 1234.56|Booking Date=D;Value Date=V;Partner Name=P;Partner Iban=N;Type=K;Payment Reference=R;Account Name=J;Amount (EUR)=A;Original Amount=E;Original Currency=E;Exchange Rate=E
postbank|de|; d.m.Y 1.234,56 utf-8-sig desc pre foot|Buchungstag=D;Wert=V;Umsatzart=K;Begünstigter / Auftraggeber=P;Verwendungszweck=R;IBAN / Kontonummer=N;BIC=J;Betrag=A;Währung=C
deutsche-bank|de|; d.m.Y 1.234,56 utf-8-sig desc pre foot|Buchungstag=D;Wert=V;Umsatzart=K;Begünstigter / Auftraggeber=P;Verwendungszweck=R;IBAN=N;BIC=J;Kundenreferenz=E;Soll=o;Haben=I;Währung=C
commerzbank|de|; d.m.Y 1.234,56 desc|Buchungstag=D;Wertstellung=V;Umsatzart=K;Buchungstext=T;Betrag=A;Währung=C;IBAN Kontoinhaber=N;Kategorie=J
hypovereinsbank|de|; d.m.Y 1.234,56 utf-16 desc|Kontonummer=N;Buchungsdatum=D;Valuta=V;Empfaenger 1=P;Verwendungszweck=R;Betrag=A;Waehrung=C
consorsbank|de|; d.m.Y 1.234,56 desc|Buchung=D;Valuta=V;Sender / Empfänger=P;IBAN / Konto-Nr.=N;Verwendungszweck=R;Kategorie=J;Betrag in EUR=A
targobank-nohead|de|; d.m.Y 1.234,56 cp1252 desc nohead q|1=D;2=T;3=A
amex-de|de|, d/m/Y 1.234,56 q desc|Datum=D;Beschreibung=T;Karteninhaber=J;Konto #=N;Betrag=c
barclays-de-card|de|; d.m.Y 1.234,56 desc pre|Referenznummer=i;Buchungsdatum=D;Buchungsdatum=V;Betrag=A;Beschreibung=T;Typ=K;Status=X;Kartennummer=N
dkb-visa|de|; d.m.Y 1.234,56 cp1252 q desc pre|Umsatz abgerechnet und nicht im Saldo enthalten=J;Wertstellung=V;Belegdatum=D;Beschreibung=T;Betrag (EUR)=A;Ursprünglicher Betrag=E
vr-sh|de|; d.m.Y 1.234,56 cp1252 desc pre|Buchungstag=D;Valuta=V;Empfänger/Zahlungspflichtiger=P;Verwendungszweck=R;Währung=C;Umsatz=a;Soll/Haben=S
outbank|de|; d.m.y 1.234,56 desc|Konto=N;Datum=D;Wertstellung=V;Betrag=A;Währung=C;Name=P;Verwendungszweck=R;Kategorie=J
bawag-nohead|de|; d.m.Y 1.234,56 desc nohead|1=N;2=T;3=D;4=V;5=A;6=C
george-at|de|, d.m.Y 1.234,56 utf-16 q desc|Buchungsdatum=D;Partnername=P;Partner IBAN=N;Betrag=A;Währung=C;Buchungs-Info=R;Notiz=E
raiffeisen-at-nohead|de|; d.m.Y 1.234,56 cp1252 desc nohead|1=D;2=T;3=V;4=A;5=C;6=t
postfinance|de|; d.m.Y 1234.56 utf-8-sig desc pre foot cur:CHF|Datum=D;Bewegungstyp=K;Avisierungstext=T;Gutschrift in CHF=I;Lastschrift in CHF=o;Label=E;Kategorie=J
zkb|de|; d.m.Y 1234.56 desc cur:CHF|Datum=D;Buchungstext=T;Whg=E;Betrag Detail=E;ZKB-Referenz=i;Referenznummer=E;Belastung CHF=O;Gutschrift CHF=I;Valuta=V;Saldo CHF=B
ubs|de|; Y-m-d 1234.56 utf-8-sig desc pre cur:CHF|Abschlussdatum=V;Abschlusszeit=t;Buchungsdatum=D;Valutadatum=V;Währung=C;Belastung=o;Gutschrift=I;Einzelbetrag=E;Saldo=B;Transaktions-Nr.=i;Beschreibung1=T;Beschreibung2=E
raiffeisen-ch|de|; Y-m-d 1234.56 cp1252|IBAN=N;Booked At=D;Text=T;Credit/Debit Amount=A;Balance=B;Valuta Date=V
neon-ch|de|; Y-m-d 1234.56 q desc|Date=D;Amount=A;Original amount=E;Original currency=E;Exchange rate=E;Description=T;Subject=E;Category=J;Tags=E;Wise=J;Spaces=J
barclays|en|, d/m/Y 1234.56 desc|Number=E;Date=D;Account=N;Amount=A;Subcategory=K;Memo=T
lloyds|en|, d/m/Y 1234.56 desc|Transaction Date=D;Transaction Type=K;Sort Code=J;Account Number=N;Transaction Description=T;Debit Amount=O;Credit Amount=I;Balance=B
halifax-card|en|, d/m/Y 1234.56 desc|Date=D;Date entered=V;Reference=i;Description=T;Amount=c
hsbc-nohead|en|, d/m/Y 1,234.56 desc nohead|1=D;2=T;3=A
natwest|en|, d_M_Y 1234.56 desc|Date=D;Type=K;Description=T;Value=A;Balance=B;Account Name=J;Account Number=N
nationwide|en|, d_M_Y £1234.56 cp1252 q desc pre cur:GBP|Date=D;Transaction type=K;Description=T;Paid out=O;Paid in=I;Balance=B
santander-uk|en|, d/m/Y 1,234.56 desc|Date=D;Description=T;Amount=A;Balance=B
first-direct|en|, d/m/Y 1234.56 desc|Date=D;Description=T;Amount=A;Balance=B
starling|en|, d/m/Y 1234.56 cur:GBP|Date=D;Counter Party=P;Reference=R;Type=K;Amount (GBP)=A;Balance (GBP)=B;Spending Category=J;Notes=E
monzo|en|, d/m/Y 1234.56 cur:GBP|Transaction ID=i;Date=D;Time=t;Type=K;Name=P;Emoji=E;Category=J;Amount=A;Currency=C;Local amount=F;Local currency=C;Notes and #tags=R;Address=E;Receipt=E;Description=T;Category split=E
revolut|en|, Y-m-d+t 1234.56 cur:GBP|Type=K;Product=J;Started Date=D;Completed Date=V;Description=P;Amount=A;Fee=z;Currency=C;State=X;Balance=B
revolut-de|de|, Y-m-d+t 1234.56|Art=K;Produkt=J;Datum des Beginns=D;Datum des Abschlusses=V;Beschreibung=P;Betrag=A;Gebühr=z;Währung=C;Status=X;Kontostand=B
wise|en|, d-m-Y 1234.56 desc q|TransferWise ID=i;Date=D;Amount=A;Currency=C;Description=T;Payment Reference=R;Running Balance=B;Payer Name=E;Payee Name=E;Merchant=P;Total fees=z
barclaycard-nohead|en|, d_M_y 1234.56 desc nohead|1=D;2=T;3=J;4=J;5=J;6=I-;7=O
amex-uk|en|, d/m/Y 1234.56 desc|Date=D;Description=T;Card Member=J;Account #=N;Amount=c;Extended Details=E;Appears On Your Statement As=T;Address=E;Category=J
tesco-bank|en|, d/m/Y 1234.56 desc|Transaction Date=D;Posting Date=V;Billing Amount=c;Merchant=P;Merchant City=J;Reference Number=i;Debit/Credit Flag=E
coop-uk|en|, Y-m-d 1234.56 desc|Date=D;Description=T;Type=K;Money In=I;Money Out=O;Balance=B
tsb|en|, Y-m-d 1234.56 desc|Transaction date=D;Transaction type=K;Sort code=J;Account number=N;Transaction description=T;Debit amount=O;Credit amount=I;Balance=B
metro-bank|en|, d/m/Y 1234.56|Date=D;Details=T;Transaction Type=K;In=I;Out=O;Balance=B
virgin-money|en|, d/m/Y £1,234.56 q desc|Transaction Date=D;Posting Date=V;Billing Amount=c;Merchant=P;Merchant City=J;Merchant Category Code=J
aib|en|, d/m/Y 1,234.56 desc|Posted Account=N;Posted Transactions Date=D;Description1=T;Description2=E;Description3=E;Debit Amount=O;Credit Amount=I;Balance=B;Posted Currency=C;Transaction Type=K
boi|en|, d/m/Y 1234.56 desc|Date=D;Details=T;Debit=O;Credit=I;Balance=B
chase|us|, m/d/Y 1234.56 desc|Details=K;Posting Date=D;Description=T;Amount=A;Type=K;Balance=B;Check or Slip #=E
chase-card|us|, m/d/Y 1234.56 desc|Transaction Date=D;Post Date=V;Description=T;Category=J;Type=K;Amount=A;Memo=E
bofa|us|, m/d/Y 1,234.56 q pre|Date=D;Description=T;Amount=A;Running Bal.=B
bofa-card|us|, m/d/Y 1234.56 desc|Posted Date=D;Reference Number=i;Payee=T;Address=E;Amount=A
wells-fargo-nohead|us|, m/d/Y 1234.56 q desc nohead|1=D;2=A;3=J;4=E;5=T
citi-card|us|, m/d/Y 1234.56 desc|Status=X;Date=D;Description=T;Debit=O;Credit=I-
capital-one|us|, Y-m-d 1234.56 desc|Transaction Date=D;Posted Date=V;Card No.=N;Description=T;Category=J;Debit=O;Credit=I
capital-one-360|us|, m/d/y 1234.56 desc|Account Number=N;Transaction Description=T;Transaction Date=D;Transaction Type=S;Transaction Amount=a;Balance=B
discover|us|, m/d/Y 1234.56 desc|Trans. Date=D;Post Date=V;Description=T;Amount=c;Category=J
amex-us|us|, m/d/Y 1234.56 desc|Date=D;Description=T;Amount=c
us-bank|us|, Y-m-d 1234.56 q desc|Date=D;Transaction=S;Name=T;Memo=E;Amount=A
pnc|us|, m/d/Y $1,234.56 desc q|Date=D;Description=T;Withdrawals=O;Deposits=I;Category=J;Balance=B
ally|us|, Y-m-d 1234.56 desc|Date=D;Time=t;Amount=A;Type=K;Description=T
usaa|us|, Y-m-d 1234.56 desc|Date=D;Description=T;Original Description=T;Category=J;Amount=A;Status=X
navy-federal|us|, m/d/Y 1234.56 desc|Posting Date=V;Transaction Date=D;Amount=a;Credit Debit Indicator=S;Type=K;Description=T
apple-card|us|, m/d/Y 1234.56 desc|Transaction Date=D;Clearing Date=V;Description=T;Merchant=P;Category=J;Type=K;Amount (USD)=c;Purchased By=J
sofi|us|, Y-m-d 1234.56 desc|Date=D;Description=T;Type=K;Amount=A;Current balance=B;Status=X
paypal|us|, m/d/Y 1,234.56 q desc|Date=D;Time=t;TimeZone=J;Name=P;Type=K;Status=X;Currency=C;Gross=A;Fee=z;Net=A;From Email Address=J;To Email Address=J;Transaction ID=i;Balance=B
paypal-de|de|, d.m.Y 1.234,56 q desc|Datum=D;Uhrzeit=t;Zeitzone=J;Name=P;Typ=K;Status=X;Währung=C;Brutto=A;Gebühr=z;Netto=A;Transaktionscode=i;Guthaben=B
rbc|us|, m/d/Y 1234.56|Account Type=J;Account Number=N;Transaction Date=D;Cheque Number=E;Description 1=T;Description 2=E;CAD$=A;USD$=E
td-ca-nohead|us|, m/d/Y 1234.56 desc nohead|1=D;2=T;3=O;4=I;5=B
bmo|us|, Ymd 1234.56 pre|First Bank Card=N;Transaction Type=K;Date Posted=D;Transaction Amount=A;Description=T
commbank-nohead|en|, d/m/Y +1234.56 q desc nohead|1=D;2=A;3=T;4=B
nab|en|, d_M_y 1234.56 desc|Date=D;Amount=A;Account Number=N;Transaction Type=K;Transaction Details=T;Balance=B;Category=J;Merchant Name=P
westpac|en|, d/m/Y 1234.56 desc|Bank Account=N;Date=D;Narrative=T;Debit Amount=O;Credit Amount=I;Balance=B;Categories=K;Serial=E
anz-nohead|en|, d/m/Y 1234.56 desc nohead q|1=D;2=A;3=T
kiwibank|en|, d-m-Y 1234.56|Account number=N;Effective Date=V;Transaction Date=D;Description=T;Transaction Code=E;Amount=A;Balance=B
boursorama|fr|; Y-m-d 1_234,56 utf-8-sig q desc|dateOp=D;dateVal=V;label=T;category=J;categoryParent=J;supplierFound=E;amount=A;comment=E;accountNum=N;accountLabel=J;accountbalance=J
credit-agricole|fr|; d/m/Y 1_234,56 cp1252 desc pre cur:EUR|Date=D;Libellé=T;Débit euros=O;Crédit euros=I
banque-postale|fr|; d/m/Y 1234,56 cp1252 desc pre|Date=D;Libellé=T;Montant(EUROS)=A
societe-generale|fr|; d/m/Y 1234,56 cp1252 desc pre|Date de l'opération=D;Libellé=T;Détail de l'écriture=T;Montant de l'opération=A;Devise=C
bnp|fr|; d-m-Y 1234,56 cp1252 desc|Date operation=D;Categorie operation=J;Sous Categorie operation=J;Libelle operation=T;Montant operation=A;Pointage operation=E
caisse-epargne|fr|; d/m/y 1234,56 cp1252 desc|Date de comptabilisation=V;Libelle simplifie=P;Libelle operation=T;Reference=i;Informations complementaires=E;Type operation=K;Categorie=J;Sous categorie=J;Debit=o;Credit=I;Date operation=D;Date de valeur=V;Pointage operation=J
fortuneo|fr|; d/m/Y 1234,56 cp1252 desc|Date opération=D;Date valeur=V;libellé=T;Débit=o;Crédit=I
cic|fr|; d/m/Y 1234,56 cp1252|Date=D;Date de valeur=V;Débit=o;Crédit=I;Libellé=T;Solde=B
credit-mutuel|fr|; d/m/Y 1234,56 cp1252|Date=D;Valeur=V;Montant=A;Libellé=T;Solde=B
lcl-nohead|fr|; d/m/Y 1234,56 cp1252 desc nohead|1=D;2=A;3=K;4=E;5=T;6=J
hello-bank|fr|; d/m/Y 1234,56 utf-8-sig desc|Date=D;Type=K;Sous-type=J;Libellé=T;Montant=A
orange-bank|fr|; d/m/Y 1_234,56 desc|Date comptable=D;Date de valeur=V;Libellé=T;Montant=A;Devise=C;Statut=X
kbc|nl|; d/m/Y 1234,56|Rekeningnummer=N;Rubrieknaam=E;Naam=J;Munt=C;Afschriftnummer=J;Datum=D;Omschrijving=T;Valuta=V;Bedrag=A;Saldo=B;Naam tegenpartij=P
belfius|fr|; d/m/Y 1234,56 cp1252 desc pre|Compte=N;Date de comptabilisation=D;Numéro d'extrait=J;Numéro de transaction=i;Compte contrepartie=N;Nom contrepartie contient=P;Rue et numéro=E;Transaction=T;Date valeur=V;Montant=A;Devise=C
ing-be|fr|; d/m/Y 1234,56 desc|Numéro de compte=N;Nom du compte=J;Compte partie adverse=N;Numéro de mouvement=i;Date comptable=D;Date valeur=V;Montant=A;Devise=C;Libellés=T;Détails du mouvement=E
unicredit|it|; d.m.Y 1.234,56 desc|Data Registrazione=D;Data valuta=V;Descrizione=T;Importo (EUR)=A
intesa|it|; d/m/Y 1.234,56 desc|Data=D;Operazione=P;Dettagli=T;Conto o carta=J;Contabilizzazione=X;Categoria=J;Valuta=C;Importo=A
fineco|it|; d/m/Y 1.234,56 desc pre|Data=D;Entrate=I;Uscite=o;Descrizione=K;Descrizione_Completa=T;Stato=X
bancoposta|it|; d/m/Y 1.234,56 desc cp1252|Data Contabile=D;Data Valuta=V;Addebiti (euro)=O;Accrediti (euro)=I;Descrizione operazioni=T
mediolanum|it|; d/m/Y 1.234,56 desc|Data Operazione=D;Data Valuta=V;Causale=K;Descrizione=T;Dare=O;Avere=I;Divisa=C
webank|it|; d/m/Y 1.234,56|Data Contabile=D;Data Valuta=V;Importo=A;Divisa=C;Causale / Descrizione=T;Canale=J
bper|it|; d/m/Y 1.234,56 desc|Data operazione=D;Data valuta=V;Descrizione=T;Entrate=I;Uscite=O;Saldo contabile=B
nexi-card|it|; d/m/Y 1.234,56 desc|Data=D;Ora=t;Descrizione Movimento=T;Categoria=J;Importo in euro=c;Stato=X
bbva|es|; d/m/Y 1.234,56 desc pre|F.Valor=V;Fecha=D;Concepto=P;Movimiento=K;Importe=A;Divisa=C;Disponible=B;Divisa=C;Observaciones=R
santander-es|es|; d/m/Y 1.234,56 cp1252 desc pre|Fecha Operación=D;Fecha Valor=V;Concepto=T;Importe=A;Saldo=B
caixabank|es|; d/m/Y +1.234,56EUR|Concepto=T;Fecha=D;Importe=A;Saldo=B
sabadell-nohead|es|| d/m/Y 1234.56 desc nohead|1=D;2=T;3=V;4=A;5=B
ing-es|es|; d/m/Y 1.234,56 desc pre|F. VALOR=D;CATEGORÍA=J;SUBCATEGORÍA=J;DESCRIPCIÓN=T;COMENTARIO=E;IMAGEN=E;IMPORTE (€)=A;SALDO (€)=B
openbank|es|; d/m/Y 1.234,56 desc|Fecha Operación=D;Fecha Valor=V;Concepto=T;Importe=A;Saldo=B
imagin|es|; d/m/Y 1.234,56 desc|Fecha=D;Concepto=T;Cargo=O;Abono=I;Saldo=B;Estado=X
bankinter|es|; d/m/Y 1.234,56 pre|Fecha contable=D;Fecha valor=V;Descripción=T;Importe=A;Saldo=B
cgd|pt|; d-m-Y 1.234,56 cp1252 desc pre foot|Data mov.=D;Data valor=V;Descrição=T;Débito=O;Crédito=I;Saldo contabilístico=B;Categoria=J
millennium|pt|; d-m-Y 1234.56 utf-16 desc pre|Data lançamento=D;Data valor=V;Descrição=T;Montante=A;Saldo contabilístico=B
activobank|pt|; d/m/Y 1.234,56 desc|Data Lanc.=D;Data Valor=V;Descrição=T;Valor=A;Saldo=B
nubank-card|pt|, Y-m-d 1234.56 desc|date=D;category=J;title=T;amount=c
nubank|pt|, d/m/Y 1234.56|Data=D;Valor=A;Identificador=i;Descrição=T
itau|pt|; d/m/Y 1234,56|data=D;lançamento=T;valor=A
ing-nl|nl|; Ymd 1234,56 q desc|Datum=D;Naam / Omschrijving=P;Rekening=N;Tegenrekening=N;Code=J;Af Bij=S;Bedrag (EUR)=a;Mutatiesoort=K;Mededelingen=R
rabobank|nl|, Y-m-d 1234,56 q cp1252|IBAN/BBAN=N;Munt=C;BIC=J;Volgnr=i;Datum=D;Rentedatum=V;Bedrag=A;Saldo na trn=B;Tegenrekening IBAN/BBAN=N;Naam tegenpartij=P;Naam uiteindelijke partij=E;Code=J;Omschrijving-1=R
abn-nohead|nl|\\t Ymd 1234,56 nohead|1=N;2=C;3=D;4=B-;5=B;6=V;7=A;8=T
bunq|nl|; Y-m-d 1.234,56 q desc|Date=D;Interest Date=V;Amount=A;Account=N;Counterparty=N;Name=P;Description=R
asn-nohead|nl|, d-m-Y 1234.56 nohead|1=D;2=N;3=N;4=P;5=E;6=E;7=E;8=C;9=B-;10=C;11=A;12=V;13=V;14=J;15=J;16=i;17=E;18=R;19=J
knab|nl|; d-m-Y 1234,56 desc pre|Rekeningnummer=N;Transactiedatum=D;Valutacode=C;CreditDebet=S;Bedrag=a;Tegenrekeningnummer=N;Tegenrekeninghouder=P;Valutadatum=V;Betaalwijze=K;Omschrijving=R
icscards|nl|; d-m-Y 1.234,56 desc|Datum transactie=D;Datum verwerkt=V;Omschrijving=T;Bedrag=a;Debet/Credit=S
mbank|pl|; Y-m-d 1_234,56 cp1250 desc pre foot cur:PLN|#Data operacji=D;#Opis operacji=T;#Rachunek=J;#Kategoria=J;#Kwota=A;#Saldo po operacji=B
pko|pl|, Y-m-d 1234.56 cp1250 q desc|Data operacji=D;Data waluty=V;Typ transakcji=K;Kwota=A;Waluta=C;Saldo po transakcji=B;Opis transakcji=T
ing-pl|pl|; Y-m-d 1234,56 cp1250 desc pre foot|Data transakcji=D;Data księgowania=V;Dane kontrahenta=P;Tytuł=R;Nr rachunku=N;Nazwa banku=J;Szczegóły=K;Nr transakcji=i;Kwota transakcji (waluta rachunku)=A;Waluta=C;Saldo po transakcji=B
santander-pl-nohead|pl|, d-m-Y 1234,56 nohead about desc|1=D;2=V;3=T;4=P;5=N;6=A;7=B;8=i
millennium-pl|pl|, Y-m-d 1234.56 q desc|Numer rachunku/karty=N;Data transakcji=D;Data rozliczenia=V;Rodzaj transakcji=K;Na konto/Z konta=N;Odbiorca/Zleceniodawca=P;Opis=R;Obciążenia=o;Uznania=I;Saldo=B;Waluta=C
alior|pl|; d-m-Y 1234,56 cp1250 desc pre|Data transakcji=D;Data księgowania=V;Nazwa nadawcy=J;Nazwa odbiorcy=P;Szczegóły transakcji=R;Kwota operacji=A;Waluta operacji=C;Kwota w walucie rachunku=A;Waluta rachunku=C
bnp-pl|pl|; d-m-Y 1_234,56 desc|Data transakcji=D;Data zaksięgowania=V;Kwota=A;Waluta=C;Nadawca=J;Odbiorca=P;Opis=R;Typ transakcji=K;Status=X
swedbank|sv|, Y-m-d 1234.56 cp1252 desc pre cur:SEK|Radnummer=J;Clearingnummer=J;Kontonummer=N;Produkt=J;Valuta=C;Bokföringsdag=V;Transaktionsdag=D;Valutadag=V;Referens=R;Beskrivning=T;Belopp=A;Bokfört saldo=B
nordea-se|sv|; Y/m/d 1_234,56 desc|Bokföringsdag=D;Belopp=A;Avsändare=N;Mottagare=E;Namn=E;Rubrik=T;Saldo=B;Valuta=C
seb|sv|; Y-m-d 1234,56 desc|Bokförd=D;Valutadatum=V;Text=T;Typ=K;Insättningar=I;Uttag=o;Bokfört saldo=B
handelsbanken|sv|\\t Y-m-d 1_234,56 cp1252 desc pre|Reskontradatum=V;Transaktionsdatum=D;Text=T;Belopp=A;Saldo=B
amex-se|sv|, m/d/Y 1.234,56 q desc|Datum=D;Beskrivning=T;Kortmedlem=J;Konto #=N;Belopp=c
danske|da|; d.m.Y 1.234,56 cp1252 q|Dato=D;Tekst=T;Beløb=A;Saldo=B;Status=X;Afstemt=J
nordea-dk|da|; Y/m/d 1234,56 desc|Bogføringsdato=D;Beløb=A;Afsender=N;Modtager=E;Navn=P;Beskrivelse=T;Saldo=B;Valuta=C;Afstemt=E
jyske|da|; d.m.Y 1.234,56 cp1252|Dato=D;Tekst=T;Beløb=A;Saldo=B
lunar|da|, Y-m-d 1.234,56 q desc|Dato=D;Tekst=T;Beløb=A;Saldo=B;Kategori=J
dnb|da|; d.m.Y 1234,56 cp1252 desc|Dato=D;Forklaring=T;Rentedato=V;Ut fra konto=O;Inn på konto=I
sparebank1|da|; d.m.Y 1234,56 desc|Dato=D;Beskrivelse=T;Rentedato=V;Inn=I;Ut=o;Til konto=N;Fra konto=N
ceska-sporitelna|cs|, d.m.Y 1_234,56 utf-16 q desc cur:CZK|Datum zaúčtování=D;Název protiúčtu=P;Protiúčet=N;Částka=A;Měna=C;Zpráva pro příjemce=R;Poznámka=E;Kategorie=J
fio|cs|; d.m.Y 1234,56 pre foot|ID operace=i;Datum=D;Objem=A;Měna=C;Protiúčet=N;Název protiúčtu=P;Kód banky=J;Zpráva pro příjemce=R;Typ=K
csob|cs|; d.m.Y 1234,56 cp1250 desc pre|číslo účtu=N;datum zaúčtování=D;částka=A;měna=C;zůstatek=B;číslo účtu protiúčtu=N;jméno protistrany=P;zpráva=R;označení operace=K
komercni|cs|; d.m.Y 1234,56 cp1250 desc pre|Datum splatnosti=D;Datum odepsání=V;Protiúčet/Kód banky=N;Název protiúčtu=P;Částka=A;Měna=C;Popis příkazce=E;Popis pro příjemce=R;Typ transakce=K
"""  # noqa: E501 - one layout a line


class Layout(NamedTuple):
    """One layout: `columns` are (name, what)."""

    name: str
    country: str
    delimiter: str
    date: str
    money: str
    options: frozenset[str]
    columns: tuple[tuple[str, str], ...]

    def option(self, start: str) -> str | None:
        """What follows `start` among the options."""
        return next((o[len(start) :] for o in self.options if o.startswith(start)), None)


def real() -> list[Layout]:
    """The layouts above."""
    found = []
    for line in REAL.strip().splitlines():
        name, country, rest = line.split("|", 2)
        how, columns = rest.rsplit("|", 1)
        delimiter, date, money, *options = how.split(" ")
        cut = [column.rsplit("=", 1) for column in columns.split(";")]
        pairs = tuple((column, what) for column, what in cut)
        sign = "\t" if delimiter == "\\t" else delimiter
        found.append(Layout(name, country, sign, date, money, frozenset(options), pairs))
    return found
