"""What the columns of Amazon's files are called, in the languages in which they come."""

from firsthand.vault.sources.tables import table_of

_WORDS: dict[str, str] = {
    "order": """Order ID|OrderID|OrderId|Order Number|Amazon Order ID|Bestellnummer|Bestell-Nr.|
        Bestell-ID|Numéro de commande|N° de commande|Identifiant de commande|ID de commande|
        Numero ordine|Numero d'ordine|ID ordine|Número de pedido|N.º de pedido|ID de pedido|
        ID del pedido|Número do pedido|Número da encomenda|ID do pedido|ID da encomenda|
        Bestelnummer|Bestel-ID|Ordernummer|注文番号""",
    "date": """Order Date|OrderDate|Bestelldatum|Datum der Bestellung|Date de commande|
        Date de la commande|Data ordine|Data dell'ordine|Fecha del pedido|Fecha de pedido|
        Data do pedido|Data da encomenda|Besteldatum|Datum van bestelling|注文日""",
    "product": """Product Name|ProductName|Title|Item Title|Item Name|Produktname|Artikelname|Titel|
        Artikelbezeichnung|Nom du produit|Titre|Titre de l'article|Nome prodotto|Nome del prodotto|
        Titolo|Nombre del producto|Título|Nome do produto|Productnaam|Naam product|商品名""",
    "asin": "ASIN|ASIN/ISBN|ASIN oder ISBN|ISBN/ASIN|ASIN-Code",
    "quantity": """Quantity|Original Quantity|OriginalQuantity|QuantityOrdered|Menge|
        Anzahl|Quantity Ordered|Bestellmenge|
        Quantité|Quantità|Cantidad|Quantidade|Aantal|Hoeveelheid|数量""",
    "unit": """Unit Price|Purchase Price Per Unit|OurPrice|Our Price|Stückpreis|Einzelpreis|
        Preis pro Einheit|Kaufpreis pro Einheit|Preis pro Stück|Kaufpreis pro Stück|
        Prix unitaire|Prix d'achat unitaire|
        Prezzo unitario|Prezzo per unità|Precio unitario|Precio por unidad|Preço unitário|
        Preço por unidade|Stukprijs|Prijs per eenheid|Eenheidsprijs""",
    "unit tax": "OurPriceTax|Our Price Tax",
    "total": """Total Owed|Total Amount|Item Total|Gesamtbetrag|Gesamtpreis|Artikelsumme|Summe|
        Artikelgesamtbetrag|Artikel-Gesamtbetrag|Gesamtsumme|Artikelgesamtpreis|
        Fälliger Gesamtbetrag|Montant total|Total de l'article|Total dû|Importo totale|
        Totale dovuto|Totale articolo|Importe total|Total del artículo|Total adeudado|Valor total|
        Total do item|Total devido|Totaalbedrag|Totaal artikel|Totaal verschuldigd""",
    "charged": """Total Charged|Total facturé|Berechneter Gesamtbetrag|Totale addebitato|
        Total cobrado|Totaal in rekening gebracht""",
    "currency": """Currency|Currency Code|OurPriceCurrencyCode|Our Price Currency Code|
        BaseCurrencyCode|Base Currency Code|Base Currency|
        ReturnAmountCurrency|Währung|Devise|Monnaie|Valuta|Divisa|Moneda|Moeda|通貨""",
    "website": """Website|Marketplace|Webseite|Marktplatz|Site web|Site internet|Place de marché|
        Sito web|Sitio web|Site|Marktplaats""",
    "status": """Order Status|Bestellstatus|Statut de la commande|État de la commande|Stato ordine|
        Stato dell'ordine|Estado del pedido|Status do pedido|Estado da encomenda|Bestelstatus""",
    "seller": """Seller|SellerOfRecord|Seller Of Record|Verkäufer|Vendeur|Venditore|Vendedor|
        Verkoper""",
    "carrier": """Carrier Name & Tracking Number|Carrier Name and Tracking Number|
        Versandunternehmen und Sendungsnummer|Name des Versandunternehmens und Sendungsnummer|
        Transporteur et numéro de suivi|Corriere e numero di tracking|
        Transportista y número de seguimiento|Transportadora e número de rastreamento|
        Vervoerder en trackingnummer""",
    "shipped": """Ship Date|Shipment Date|Versanddatum|Date d'expédition|Data di spedizione|
        Fecha de envío|Data de envio|Verzenddatum""",
    "payment": """Payment Instrument Type|Payment Method Type|Payment Method|Zahlungsart|
        Zahlungsmethode|Moyen de paiement|Mode de paiement|Metodo di pagamento|Forma de pago|
        Método de pago|Forma de pagamento|Método de pagamento|Betaalmethode""",
    "refunded on": """Refund Date|RefundCompletionDate|Refund Completion Date|Erstattungsdatum|
        Date de remboursement|Data rimborso|Data del rimborso|Fecha de reembolso|
        Fecha del reembolso|Data do reembolso|Terugbetalingsdatum""",
    "refund": """Refund Amount|AmountRefunded|Amount Refunded|Erstattungsbetrag|Erstatteter Betrag|
        Montant du remboursement|Montant remboursé|Importo rimborsato|Importo del rimborso|
        Importe del reembolso|Importe reembolsado|Valor do reembolso|Valor reembolsado|
        Terugbetaald bedrag""",
    "refund status": "Payment Status|Refund Status",
    "bare status": "Status",
    "disbursement": "DisbursementType|Disbursement Type",
    "reversal": "ReversalID|Reversal ID",
    "reversal status": "ReversalStatus|Reversal Status|ReversalAmountState|Reversal Amount State",
    "returned on": """DateOfReturn|Date Of Return|Return Date|Return Request Date|
        Return Creation Date|Rückgabedatum|Rücksendedatum|Date de retour|Data reso|
        Data del reso|Fecha de devolución|Data da devolução|Retourdatum""",
    "created": "CreationDate|Creation Date|Erstellungsdatum|Date de création|Fecha de creación",
    "reason": """ReturnReason|Return Reason|ReversalReason|Reversal Reason|Refund Reason|
        Rückgabegrund|Grund der Rücksendung|Motif du retour|Motivo del reso|Motivo de la devolución|
        Motivo da devolução|Retourreden|Reden voor retour""",
    "returned": "ReturnAmount|Return Amount|Rückgabebetrag",
    "resolution": "Resolution|Return Resolution|ContractID|ContractId|Contract ID|Lösung",
    "packet": "DeliveryPacketId|Delivery Packet ID",
    "component": """MonetaryComponentTypeCode|Monetary Component Type Code|Component Type|
        Monetary Component Type""",
    "digital item": "DigitalOrderItemId|Digital Order Item ID",
    "transacted": "TransactionAmount|Transaction Amount",
    "cart": "Cart List|CartList|Cart Domain|CartDomain|Added To Cart Date",
    "playback": """Playback Start Datetime (UTC)|Playback Start Datetime|Playback Start Date|
        Playback Hour|Playback Start""",
    "seconds": "Seconds Viewed|Duration Viewed (Seconds)|Playback Duration Seconds",
    "material": "Material Type Description|Material Type",
    "device": "Amazon Device Model Name|Device Model|Device Type|Device Manufacturer Name|Browser",
    "country": "Country|Country Code",
}
NAMES = table_of({role: names.replace("\n", "") for role, names in _WORDS.items()})
"""From the names of columns, as `tables.named` compares them, to what they mean."""

CANCELLED = ("cancel", "storniert", "annul", "geannuleerd", "キャンセル")
NOTHING = frozenset(
    ["notavailable", "notapplicable", "na", "nichtverfugbar", "nichtzutreffend", "nondisponible",
     "nonapplicable", "nondisponibile", "nonapplicabile", "nodisponible", "noaplicable",
     "naodisponivel", "naoaplicavel", "nietbeschikbaar", "nietvantoepassing", "null", "none"]
)  # fmt: skip
"""What a cell says where it has nothing to say, as `tables.named` compares names."""

CURRENCIES = {
    "com": "USD", "ca": "CAD", "co.uk": "GBP", "de": "EUR", "fr": "EUR", "it": "EUR", "es": "EUR",
    "nl": "EUR", "com.be": "EUR", "ie": "EUR", "pl": "PLN", "se": "SEK", "com.tr": "TRY",
    "co.jp": "JPY", "in": "INR", "com.au": "AUD", "com.br": "BRL", "com.mx": "MXN", "sg": "SGD",
    "ae": "AED", "sa": "SAR", "eg": "EGP",
}  # fmt: skip
"""The currency of a shop, by what its name ends in."""
