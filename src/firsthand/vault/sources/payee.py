"""A name for who was paid, from what banks write: "SPOTIFY P2D5A1B3 STOCKHOLM" is Spotify."""

# ruff: noqa: E501 - patterns that list phrases

import re
from functools import lru_cache

from firsthand.vault.sources.dates import plain
from firsthand.vault.sources.patterns import later

NAME_CHARS_MAX = 80
TEXT_CHARS_MAX = 400

# Processors that stand before the shop's own name.
_PROCESSOR = later(
    r"^(?:paypal|pp|sq|sumup|sum up|zettle|izettle|iz|google|goog|stripe|tst|sp|ebl|klarna|adyen|"
    r"crv|curve|wpy|lsp|dd|py|fs|ic|2co|paddle\.net|mollie|nyx|worldline|payu|bil|bb|cke|ppl)"
    r"\s?\*\s*",
    re.IGNORECASE,
)
_LEAD = later(
    r"^(?:(?:contactless|recurring|online|international|foreign|non[- ]?sterling|visa|mastercard|"
    r"maestro|girocard|debit|credit|card|pos|pin|ec|sepa|kontaktlos|internet|mobile|apple pay|"
    r"google pay|blik|cb|carte|girokonto|eigen)[\s:/,.-]+)*"
    r"(?:pos [\d.,]+ [a-z]{2} k\d|card (?:payment|purchase|transaction|debit)(?: to| at| -)?|contactless|kontaktlos|visa|mastercard|maestro|girocard|apple pay|google pay|blik|payment to|payment at|"
    r"(?:recurring )?payment authorized(?: on)?|recurring payment|eftpos (?:debit|purchase)|eftpos|interac purchase|visa debit purchase(?: card)?|"
    r"purchase(?: authorized)?(?: on| at| from)?|purchase|debit purchase|visa purchase|"
    r"d[eé]bito dire[c]?to(?: sepa)?|trf\.?(?: de| para| p/)?|tfi|"
    r"direct debit(?: payment)?(?: to)?|standing order(?: to)?|bill payment(?: to)?|"
    r"bill pay|ach (?:debit|credit|withdrawal|deposit)|pos(?: debit| purchase| payment)?|"
    r"checkcard|check card|withdrawal at|transfer to|faster payment to|pre-?authorized (?:debit|payment)|"
    r"kartenzahlung|kartenumsatz|kartenkauf|kauf/dienstleistung|lastschrift|basislastschrift|folgelastschrift|"
    r"dauerauftrag|uberweisung|überweisung|zahlung an|kauf|bezahlung|einkauf zkb|einkauf|gutschrift|"
    r"online[- ]?zahlung|debitkarten-?zahlung|"
    r"achat(?: cb| par carte)?|paiement(?: par)?(?: carte| cb)?(?: a| chez)?|prelevement(?: sepa)?(?: de)?|"
    r"prélèvement(?: sepa)?(?: de)?|prlv(?: sepa)?|prel|virement(?: sepa)?(?: en votre faveur(?: de)?| a| vers| de)?|vir(?: sepa)?|"
    r"facture carte|retrait dab|carte|pago (?:con tarjeta )?(?:en|a)|pago|compra no d[eé]bito|"
    r"compra (?:com cart[aã]o|tarj|elec|no d[eé]bito)|pix(?: -)? (?:recebido|enviado|transf|qrs|qr)|"
    r"compra(?: tarjeta)?(?: en| con tarjeta en)?|"
    r"recibo|adeudo(?: recibido)?(?: a su cargo)?|bizum|transferencia (?:a|a favor de|de)|"
    r"transfer[eê]ncia (?:recebida|enviada)(?: pelo pix)?|"
    r"compra|pagamento (?:pos|carta|presso|con carta)?|pagamento|addebito(?: diretto)?(?: sdd)?|sdd|"
    r"bonifico(?: a (?:vostro )?favore (?:di|da)| istantaneo| sepa)?|acquisto|betaalautomaat|betaling(?: aan)?|incasso|ideal|bea|"
    r"sepa incasso(?: algemeen doorlopend)?|betaalpas|gea|platnosc karta|płatność kartą|platnosc|"
    r"dop\.? (?:mc|visa) [\dx*]+ p[łl]atno[śs][ćc] kart[ąa](?: [\d.,]+ [a-z]{3})?|"
    r"zakup(?: przy uzyciu karty| kartą)?|przelew|transakcja karta|kortkob|kortköp|kortkjop|kortkøb|"
    r"dankort-?(?:kob|køb)?|visa[/ ]dankort|varekjop|varekjøp|varekop|autogiro|betalingsservice|bs betaling|"
    r"e-?faktura|avtalegiro|swish(?: till| betalning)?|bg|pg|mobilepay|vipps|upi|neft|imps|eft|fpo|dd)"
    r"(?=[\s:/,.*-]|$)[\s:/,.*-]*",
    re.IGNORECASE,
)
_DATE = later(
    r"(?:\b(?:on|am|vom|du|le|del|el|il|van|op|dnia|z dnia|den|em|a)\s+)?"
    r"\b(?:\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[./]\d{1,2}\.?(?![\d.])|"
    r"\d{1,2}[\s-]?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mai|okt|dez)[a-z]*"
    r"(?:[\s-]?(?:\d{4}|\d{2}))?)\b(?:[\sT]*\d{1,2}[:.]\d{2}(?:[:.]\d{2})?)?",
    re.IGNORECASE,
)
_NOISE = (
    later(r"\b(?:\d{4}[\s-]?){3}\d{1,7}\b"),  # a card's number
    later(r"[\dXx*•]{0,6}[Xx*•]{2,}[\s-]?\d{2,6}\b"),  # a card's number, masked
    later(r"\bCB\s?\*\s?\d{2,6}\b"),  # a French card, at the end of what was paid with it
    later(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b"),  # an IBAN
    later(r"\b(?:ref|reference|refno|mandate|mandat|invoice|rechnung|facture|rg|nr|no|id|kd|auth|"
               r"trace|tarj|terminal|term|eref|mref|cred|kref|carte|card|tarjeta|karte|karten|carta|kaart|karta|kort)"
               r"[.:#\s]*(?:nr|no|num)?[.:#\s]*[\w/-]*\d[\w/-]*", re.IGNORECASE),
    later(r"\b\d{1,2}:\d{2}(?::\d{2})?\b"),
    later(r"(?<=[^\W\d_])\d{2}/\d{2}$"),  # a day right after a name that was cut
    later(r"https?://(?:www\.)?|\bwww\.", re.IGNORECASE),
    later(r"\b\d[\d.,]*\s?(?:EUR|USD|GBP|CHF|PLN|SEK|DKK|NOK|CAD|AUD)\b"),
    later(r"\b(?:EUR|USD|GBP|CHF|PLN|SEK|DKK|NOK)\s?\d[\d.,]*", re.IGNORECASE),
)  # fmt: skip
# Parts of a text that say what they are: "Empfänger: NAME Kto/IBAN: DE12 ...".
_LABELLED = later(
    r"(?:(?:^|[\s|])(?:auftraggeber|(?:zahlungs)?empf(?:ä|ae|a)nger|beg(?:ü|ue|u)nstigter|nazwa (?:nadawcy|odbiorcy)|"
    r"lokalizacja\s?:\s*adres|name|naam|ord|de)\s?:|/NAME/)\s*(?P<name>[^\s:/][^:/]*?)"
    r"(?=\s+(?:adres|rachunek|blz|mandat)\s[^:]{1,16}:|\s+[^\s:]{2,24}:|/|\s*$)",
    re.IGNORECASE,
)
_AFTER_NAME = later(
    r"\s(?:des|indn|co id|id|end-to-end-ref\.?|mandatsref\.?|mandatsreferenz|gläubiger-id|kundenref\.?|"
    r"marf|eref|mref|csid|remi|motif|ech|id emetteur|mdt|buchungstext)\s?[:/].*|"
    r"\skurs:.*|\s(?:zakup przy użyciu karty|przelew (?:zewnętrzny|wewnętrzny|przychodzący|wychodzący)).*",
    re.IGNORECASE,
)
# India: "UPI-SHOP-SHOP@BANK-BANK0001-4012-NOTE", "NEFT CR-BANK0001-PAYER-PAYEE-N12".
_INDIAN = later(
    r"^(?:(?:to|by) transfer[\s-]+)?(?:upi|neft|imps|rtgs|ach|mmt)\b[\s/*-]*(?:cr|dr|c|d)?\s?[/*-]",
    re.IGNORECASE,
)
# "VISA EDEKA": what a bank puts before the shop of each payment by card.
_CARD_FIRST = later(r"(?:VISA|MASTERCARD|MAESTRO|GIROCARD) +\S")
_BRANCH = later(r"([^\W\d_]{3,})-\d{3,}")
_DOMAIN = later(
    r"^([\w-]{3,})\.(?:com|net|org|de|fr|it|es|nl|pl|se|dk|no|pt|uk|ch|at|be|eu|io|tv|app|co|me)"
    r"(?:\.\w{2})?(?:/\S*)?(?=$|\s)",
    re.IGNORECASE,
)
_KIND_WORDS = """
nfc online shopping online-shopping card carte carta karte karten kort kaart visa mastercard debit
credit debitkarte eftpos pos nr no einkauf kauf purchase payment pagamento pago compra achat
authorized recurring on at to from di de del du vom transaction interac terminal cb x zkb
"""
_KINDS = frozenset(_KIND_WORDS.split())
_COUNTRY_WORDS = """
de gb uk us ie se nl fr es it pl dk no lu ch at be pt fi cz ca au deu gbr usa irl swe nld
fra esp ita pol dnk nor lux che aut bel prt ny tx wa ma nj il fl
"""
_COUNTRY = frozenset(_COUNTRY_WORDS.split())
_RECEIVED = frozenset(["recebido", "recebida", "ricevuto", "recibido", "recibida", "recu", "recue"])
_LEGAL_WORDS = """
gmbh ag ltd limited inc llc plc sa sas sarl srl spa bv nv ab as aps oy oyj kg co cokg se ohg
kgaa eg ev ek sl slu sau lda ltda sp zoo z o corp corporation company international europe
deutschland sagt danke mbh und and
"""
_LEGAL = frozenset(_LEGAL_WORDS.split())


@lru_cache(maxsize=1 << 15)
def payee_name(text: str) -> str:
    """The name in a bank's text, without numbers, dates, places after a number and the like.

    Falls back to the text itself, shortened, if nothing of a name is left.
    """
    text = " ".join(text[:TEXT_CHARS_MAX].replace("\u00a0", " ").split())
    cleaned = _part_with_name(text.split("//")[0])
    for _ in range(3):
        shorter = _without_lead(cleaned)
        if shorter == cleaned:
            break
        cleaned = shorter
    cleaned = _DATE.sub(" | ", cleaned)
    for pattern in _NOISE:
        cleaned = pattern.sub(" | ", cleaned)
    cleaned = _without_lead(cleaned.strip(" |,;:-/*.'#"))
    kept = _until_reference(cleaned)
    name = _DOMAIN.sub(r"\1", " ".join(kept)).strip(" ,;:-/*.'#|")
    if sum(map(str.isalpha, name)) < 2:
        name = text
    return _case(name[:NAME_CHARS_MAX].strip())


def _without_lead(text: str) -> str:
    """A text without the kind of payment and the processor before its name, if a name is left."""
    shorter = _PROCESSOR.sub("", _LEAD.sub("", text))
    named = any(map(str.isalpha, shorter)) and plain(shorter.strip()) not in _RECEIVED
    return shorter if named else text


def _part_with_name(text: str) -> str:
    """The part of a text that has the name, where the text says which part that is."""
    if ":" in text or "/NAME/" in text.upper():
        found = _LABELLED.search(text)
        if found and any(map(str.isalpha, found["name"])):
            return found["name"]
    if start := _INDIAN.match(text):
        for part in re.split(r"\s*[/*-]\s*", text[start.end() :]):
            words = sum(map(str.isalpha, part))
            if words >= 3 and not any(map(str.isdigit, part)) and "@" not in part:
                return part
    return _AFTER_NAME.sub("", text) or text


def _until_reference(text: str) -> list[str]:
    """Words up to the first that is a reference: what follows is a place or more references."""
    kept: list[str] = []
    for starred, word in re.findall(r"(\S?\*)?([^\s*,;]+)", text):
        bare = word.strip(".:-/#'()")
        if not bare:
            continue
        if branch := _BRANCH.fullmatch(bare):
            kept.append(branch[1])
            break
        reference = bare == "|" or _is_reference(bare)
        # After a star even a short code is one: "AMAZON.COM*1A2B".
        code = len(bare) >= 5 and bare.isupper() and any(map(str.isdigit, bare))
        reference = reference or (starred != "" and (code or bool(re.match(r"\d|.\d", bare))))
        if reference and any(sum(map(str.isalpha, k)) >= 2 for k in kept):
            if all(k.strip(".").casefold() in _KINDS for k in kept):
                kept.clear()  # "Pagamento NFC | ...": the name is still to come
                continue
            break
        if not reference:
            kept.append(word.strip(";:,"))
    while len(kept) > 1 and kept[-1].strip(".").casefold() in _COUNTRY and kept[-1].isupper():
        kept.pop()
    return kept


def says_name(text: str) -> bool:
    """Whether a text has a part that says it is the name: "Lokalizacja: Adres: SHOP"."""
    return ":" in text and _LABELLED.search(text) is not None


def words_of(text: str) -> str:
    """The words of a text without those that have digits: what it says, not which one it is."""
    return " ".join(
        w for w in text[:TEXT_CHARS_MAX].casefold().split() if not any(map(str.isdigit, w))
    )


def begins_as_kind(text: str) -> bool:
    """Whether a text begins with the kind of payment, not with a name: "PRZELEW ...", "SEPA"."""
    found = _LEAD.match(text)
    return found is not None and found.end() > 0


def _is_reference(word: str) -> bool:
    """Whether a word is a number or a code: "3217", "P2D5A1B3", "866-579-7172", not "7-Eleven"."""
    digits = sum(map(str.isdigit, word))
    letters = sum(map(str.isalpha, word))
    if digits == 0:
        return False
    return letters == 0 or digits >= 3 or (digits >= 2 and len(word) >= 5)


def _case(name: str) -> str:
    if name != name.upper() and name != name.lower():
        return name
    return " ".join(
        word if len(word) <= 3 and name.isupper() and word.isalpha() and len(name) <= 3
        else word[:1].upper() + word[1:].lower()
        for word in name.split()
    )  # fmt: skip


def needs_cleaning(payee: str) -> bool:
    """Whether a payee column holds more than a name: numbers, codes, stars, a card's kind."""
    if "*" in payee or "//" in payee or _CARD_FIRST.match(payee):
        return True
    return any(_is_reference(word) for word in payee.split())


def _joined(found: re.Match[str]) -> str:
    return found[0].replace(".", "")


@lru_cache(maxsize=1 << 15)
def merchant_key(name: str) -> str:
    """What groups payments to the same merchant, whatever else is written with its name."""
    name = re.sub(r"\(.*?\)", " ", payee_name(name))
    name = _DOMAIN.sub(r"\1", name)
    # "B.V." is one word, as "BV" is.
    plainly = re.sub(r"\b[^\W\d_](?:\.[^\W\d_])+\b\.?", _joined, plain(name))
    words = re.findall(r"[^\W_]+", plainly)
    kept = [
        w for w in words if w not in _LEGAL and not _is_reference(w) and w not in ("the", "www")
    ]
    kept = kept or words
    while len(kept) > 1 and kept[-1] in _COUNTRY:
        kept.pop()
    return " ".join(kept[:4])
