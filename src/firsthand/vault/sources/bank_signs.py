"""What an amount without a minus is, money spent or received: decided from the file as a whole.

Banks count what goes out as negative, issuers of cards what is owed as positive. The balance
tells, then what the rows themselves say ("payment, thank you", "salary", a supermarket), then
which sign most rows have. Where none of it tells, the person is asked.
"""

# ruff: noqa: E501 - lists of words

from functools import lru_cache

from firsthand.vault.sources.amounts import direction_of
from firsthand.vault.sources.dates import plain
from firsthand.vault.sources.export import Answers, Guess, Question
from firsthand.vault.sources.patterns import later

SPENT, RECEIVED = "money you spent", "money you received"
ROWS_MAX = 10_000
TEXT_CHARS_MAX = 400

# What an issuer of cards writes beside a payment to it.
_THANKED = later(
    r"(?:payment|direct debit|standing order).{0,20}thank|thank you.{0,20}payment|payment (?:was )?received|paiement.{0,12}recu|"
    r"paiement.{0,20}merci|prelevement automatique enregistre|zahlung\S{0,20} erhalten|zahlung.{0,30}besten dank|pago recibido|"
    r"dank fur (?:ihre|deine) zahlung|pagamento (?:recebido|ricevuto)|"
    r"betaling (?:ontvangen|mottatt)|betalning mottagen|splata karty|"
    r"indbetaling modtaget|directdebit payment|direct debit payment - thank"
)
# What may stand beside it, but in the account that the payment comes from, too.
_CARD_PAID = later(
    r"autopay|direct ?pay|online payment|internet payment|einzahlung|inbetaling|ach deposit|"
    r"e-payment|refund|erstattung|remboursement|reembolso|rimborso|terugbetaling"
)
# What money came in for, and what it went out for. Neither is sure for a single row.
_IN = later(
    r"\b(?:salary|payroll|wages|gehalt|lohn\w*|bezuge|nomina|stipendio|salaires?|paie|salario|vencimento|"
    r"salaris|loon|wynagrodzenie|pensja|uposazenie|lonn?|palkka|mzda|fizetes|maas|munkaber|salariu|direct dep(?:osit)?|"
    r"pension|pensione|kindergeld|dividend\w*|zinsen|gutschrift|zahlungseingang|geldeingang|"
    r"(?:vir|virement)\w* (?:sepa )?(?:recu|en votre faveur)|transferencia recibida|pix recebid[oa]|ingreso|"
    r"bonifico (?:in entrata|a (?:vostro|tuo|suo) favore)|insattning|money (?:received|added)|payment from|"
    r"top-?up|bank credit|faster payment received|deposit|wplata|przelew przychodzacy|emolumenti)\b|"
    r"зарплата|зачисление|給与|給料|급여|工资|薪資"
)
_OUT = later(
    r"\b(?:\w*lastschrift|kartenzahlung|kartenverfugung|dauerauftrag|direct debit|card (?:payment|purchase)|"
    r"purchase|pos|standing order|bill payment|prelevement|prlv|achat|retrait|addebito|sdd|prelievo|"
    r"compra|recibo|adeudo|cajero|incasso|betaalautomaat|geldautomaat|platnosc (?:karta|blik)|zakup|"
    r"autogiro|kortkop|kortkob|varekjop|withdrawal|geldautomat|bankomat|atm|kontaktlos|contactless|"
    r"netflix\w*|spotify|amazon\w*|amzn|tesco|sainsbury\w*|asda|aldi|lidl|rewe|edeka|carrefour|leclerc|monoprix|"
    r"auchan|mercadona|esselunga|conad|continente|pingo doce|albert heijn|jumbo|biedronka|zabka|ica|coop|"
    r"rema|migros|billa|spar|penny|walmart|target|costco|kroger|safeway|trader joe\w*|whole ?f(?:oo)?ds|starbucks|"
    r"mcdonald\w*|subway|kfc|uber|lyft|bolt|shell|esso|total ?energies|aral|repsol|disney|itunes|google|youtube|"
    r"vodafone|telekom|o2|telefonica|verizon|comcast|ikea|h&m|zara|decathlon|zalando|deliveroo|just ?eat|doordash|"
    r"airbnb|ryanair|easyjet|sncf|trenitalia|renfe|db vertrieb|steam|playstation|xbox|openai|adobe|microsoft|"
    r"hellofresh|dm[- ]drogerie|rossmann|boots|walgreens|cvs|7-eleven|woolworths|coles|pharmacy|apotheke|"
    r"pharmacie|farmacia|supermarket|supermercado|supermercato|restaurant|ristorante|restaurante|cafe|pizzeria|"
    r"parking|parkhaus|hotel|bakery|backerei|boulangerie|tankstelle|takeaway)\b|apple\.com"
)
# None of the words has so many digits: which digits they are changes nothing.
_NUMBER = later(r"\d{3,}")
_CARD_KINDS = frozenset(["visa", "mastercard", "american express", "amex"])
_CARD_NAMES = frozenset(
    ["card", "kort", "karte", "karten", "carte", "tarjeta", "cardholder", "merchant"]
)


def said_of(cells: list[str]) -> int:
    """1 if the words of a row speak of money that came in, -1 if of money spent, else 0.

    2 if an issuer of cards thanks for a payment.
    """
    return _heard(cells)[0]


def _heard(cells: list[str]) -> tuple[int, bool]:
    """What the words of a row say, and whether they may speak of a card that is paid.

    Rows that differ by nothing but a long number are heard once.
    """
    text = " ".join([cell[:TEXT_CHARS_MAX] for cell in cells])
    text = _NUMBER.sub(lambda number: "0" * len(number[0]), text)
    return _found(text) if len(text) <= 2 * TEXT_CHARS_MAX else _found.__wrapped__(text)


@lru_cache(maxsize=1 << 12)
def _found(text: str) -> tuple[int, bool]:
    text = plain(text)
    pays = _CARD_PAID.search(text) is not None
    if _THANKED.search(text):
        return 2, pays
    came, went = bool(_IN.search(text)), bool(_OUT.search(text))
    return came - went, pays


def names_cards(rows: list[list[str]]) -> bool:
    """Whether most rows have a cell with nothing but the name of a kind of card."""
    named = sum(1 for cells in rows if any(plain(c).strip() in _CARD_KINDS for c in cells[:50]))
    return named > len(rows) / 2


class SignEvidence:
    """Counts, over a column of amounts, which signs stand beside which words."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self.minus = self.plus = self.plain = 0
        self.directed = 0
        self.for_spent = self.for_received = 0
        self.paid_minus = self.paid_plain = 0
        self.thanked_minus = self.thanked_plain = 0
        self.card = False

    def observe(self, sign: int, texts: list[str], direction: str | None) -> None:
        """Take in one amount's sign, the words beside it and its direction if it has a column."""
        self.minus += sign < 0
        self.plus += sign > 0
        self.plain += sign == 0
        if direction is not None:
            if said := direction_of(direction):
                self.directed += 1
                self.for_received += (said > 0) != (sign < 0)
                self.for_spent += (said > 0) == (sign < 0)
        elif self.minus + self.plain < ROWS_MAX:
            self._words(texts, minus=sign < 0)

    def _words(self, texts: list[str], *, minus: bool) -> None:
        said, pays_card = _heard(texts)
        if said > 1:
            self.thanked_minus += minus
            self.thanked_plain += not minus
            return
        if said:
            # Spent with a minus and received without say the same.
            self.for_received += (said > 0) != minus
            self.for_spent += (said > 0) == minus
        if pays_card:
            self.paid_minus += minus
            self.paid_plain += not minus

    def decide(self, names: set[str]) -> bool | None:
        """Whether an amount without a minus is spent; None if nothing tells.

        `names` are the words of the columns' names.
        """
        if self.thanked_minus != self.thanked_plain:
            return self.thanked_minus > self.thanked_plain
        least, most = sorted((self.for_spent, self.for_received))
        if most > 0 and least <= 0.25 * most:
            return self.for_spent > self.for_received
        if self.plus:
            return False
        card = self.card or bool(names & _CARD_NAMES)
        if self.paid_minus and not self.paid_plain and self.plain >= self.minus + (not card):
            return True
        if card and not self.paid_plain and self.plain > 3 * self.minus:
            return True
        return False if self.minus >= self.plain else None


def decide_sign(
    evidence: SignEvidence,
    names: set[str],
    votes: int,
    answers: Answers,
    asked: tuple[list[Question], list[Guess]],
) -> int:
    """1 if an amount without a minus is money received, -1 if it is money spent.

    `votes` are the balance's: above 0 if it rises by such amounts, 0 if it does not tell.
    """
    choices = [SPENT, RECEIVED]
    questions, guesses = asked
    answer = answers.get("sign", choices)
    spent = votes < 0 if votes else evidence.decide(names)
    answers.be_sure("sign", decided=spent is not None)
    if spent is None and answer is None and evidence.plain:
        ask = "Is an amount without a minus money you spent, or money you received?"
        questions.append(Question(answers.id("sign"), ask, choices))
        return -1
    guess = answer or (SPENT if spent else RECEIVED)
    guesses.append(Guess(answers.id("sign"), "An amount without a minus is", guess, choices))
    return -1 if guess == SPENT else 1
