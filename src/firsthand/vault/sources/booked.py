"""Whether a row of a statement is booked: what a column of states says, in many languages.

A payment that is pending, declined or taken back moved no money: it is told of, not kept.
"""

import re
from functools import lru_cache

from firsthand.vault.sources.dates import plain
from firsthand.vault.sources.patterns import later

CHARS_MAX = 60
WORDS_MAX = 6

_NOT_WORDS = """
pending|declined|reverted|reversed|failed|failure|cancelled|canceled|cancellation|rejected|expired|
voided|void|denied|blocked|on hold|held|hold|authorised|authorized|authorisation|authorization|
preauthorised|preauthorized|processing|in progress|in process|scheduled|upcoming|future dated|
unposted|uncleared|unsettled|not posted|not booked|not cleared|not settled|unbooked|waiting|
awaiting|returned|removed|error|unsuccessful|initiated|submitted|queued|
vorgemerkt|vorgemerkte|vormerkung|ausstehend|offen|nicht gebucht|ungebucht|nicht verbucht|
in bearbeitung|abgelehnt|storniert|fehlgeschlagen|reserviert|reservierung|reservation|geplant|
ruckgangig|ruckgangig gemacht|
abgebrochen|zuruckgewiesen|gesperrt|wartend|in ausfuhrung|schwebend|unbestatigt|
en attente|en cours|en instance|a venir|refuse|refusee|annule|annulee|echoue|echouee|echec|rejete|
rejetee|non comptabilise|non comptabilisee|autorise|autorisee|bloque|bloquee|programme|programmee|
in attesa|in sospeso|in elaborazione|in corso|non contabilizzato|non contabilizzata|
da contabilizzare|rifiutato|rifiutata|annullato|annullata|stornato|stornata|fallito|fallita|
respinto|respinta|autorizzato|autorizzata|prenotato|prenotata|pendente|sospeso|sospesa|
non eseguito|non eseguita|pendiente|pendientes|en proceso|en curso|en tramite|rechazado|rechazada|
cancelado|cancelada|anulado|anulada|denegado|denegada|fallido|fallida|retenido|retenida|
no contabilizado|no contabilizada|expirado|expirada|revertido|revertida|autorizada|autorizado|
programado|programada|pendentes|em processamento|em andamento|em curso|recusado|recusada|rejeitado|
rejeitada|negado|negada|agendado|agendada|falhou|falhado|falhada|estornado|estornada|por liquidar|
cativo|cativa|em aberto|nao efetuada|in behandeling|in afwachting|gereserveerd|reservering|
teruggedraaid|geweigerd|afgewezen|geannuleerd|mislukt|niet geboekt|niet verwerkt|openstaand|gepland|
oczekujaca|oczekujacy|oczekujace|oczekuje|w toku|w realizacji|odrzucona|odrzucony|odrzucone|
anulowana|anulowany|anulowane|nierozliczona|nierozliczony|niezaksiegowana|niezaksiegowany|blokada|
cofnieto|cofnieta|cofniety|
zablokowana|nieudana|nieudany|do realizacji|autoryzacja|nie zrealizowana|niezrealizowana|
vantar|vantande|vantar pa|reserverad|reserverat|ej bokford|ej bokfort|ej bokforda|nekad|avvisad|
avbruten|misslyckad|misslyckades|preliminar|preliminart|kommande|under behandling|
afventer|afventende|ventende|venter|reserveret|afvist|annulleret|mislykket|mislykkedes|
ikke bogfort|ikke bokfort|reservert|avvist|avbrutt|kansellert|feilet|
odottaa|odottava|vireilla|katevaraus|varaus|hylatty|peruttu|peruutettu|epaonnistunut|kirjaamaton|
cekajici|ceka|cekajuce|nezauctovano|nezauctovana|zamitnuto|zamitnuta|zruseno|zrusena|blokace|
blokovano|neprovedeno|neuspesna|cakajuca|fuggoben|fuggo|elutasitva|elutasitott|torolt|torolve|
sikertelen|zarolt|zarolas|folyamatban|nem konyvelt|in asteptare|respins|anulat|anulata|esuat|
esuata|beklemede|bekliyor|reddedildi|iptal|iptal edildi|basarisiz|provizyon|
в обработке|отклонено|отклонена|отклонен|отменено|отменена|отменен|ожидает|ожидание|в ожидании|
не выполнена|не выполнено|отказ|холд|не проведено|заблокировано|неуспешно|
未確定|保留|処理中|取消|キャンセル|处理中|待处理|交易关闭|失败|交易失败|已取消|待确认|已关闭|
處理中|已撤銷|대기|취소|승인취소|실패|처리중
"""
_BOOKED_WORDS = """
completed|complete|posted|cleared|settled|booked|executed|success|successful|succeeded|approved|
done|paid|processed|ok|final|finished|reconciled|captured|refunded|partially refunded|confirmed|
abgeschlossen|gebucht|verbucht|ausgefuhrt|erledigt|bezahlt|abgerechnet|bestatigt|durchgefuhrt|
comptabilise|comptabilisee|termine|terminee|effectue|effectuee|execute|executee|regle|reglee|
passe|passee|valide|validee|debite|debitee|traite|traitee|contabilizzato|contabilizzata|eseguito|
eseguita|completato|completata|registrato|registrata|confermato|confermata|completado|completada|
contabilizado|contabilizada|liquidado|liquidada|realizado|realizada|ejecutado|ejecutada|
confirmado|confirmada|abonado|cargado|finalizado|finalizada|concluido|concluida|efetuado|efetuada|
efetivado|efetivada|aprovado|aprovada|processado|processada|pago|paga|liquidada|geboekt|verwerkt|
voltooid|uitgevoerd|afgerond|zrealizowana|zrealizowany|zrealizowane|zaksiegowana|zaksiegowany|
zaksiegowane|rozliczona|rozliczony|rozliczone|wykonana|wykonany|zakonczona|zakonczony|bokford|
bokfort|bokforda|genomford|genomfort|slutford|klar|bogfort|gennemfort|udfort|afsluttet|
gjennomfort|fullfort|kirjattu|suoritettu|toteutunut|vahvistettu|valmis|zauctovano|zauctovana|
provedeno|provedena|dokonceno|uhrazeno|uspesna|zuctovana|konyvelt|konyvelve|teljesitett|
teljesitve|sikeres|finalizata|finalizat|decontata|procesata|tamamlandi|onaylandi|basarili|
выполнена|выполнено|исполнено|исполнена|проведено|проведена|успешно|確定|完了|交易成功|支付成功|
成功|已完成|完成|완료|승인
"""
# Lines that tell of the account and move nothing, whatever stands in their column of amounts.
_BALANCE_WORDS = """
saldo|saldo anterior|saldo do dia|saldo inicial|saldo final|saldo atual|saldo actual|
saldo total disponivel dia|saldo em conta corrente|saldo iniziale|saldo finale|saldo precedente|
saldo contabile|saldo contabile finale|saldo disponibile finale|saldo poczatkowe|saldo koncowe|
beginsaldo|eindsaldo|vorig saldo|nieuw saldo|anfangssaldo|endsaldo|kontostand|alter kontostand|
neuer kontostand|saldovortrag|solde|solde initial|solde final|ancien solde|nouveau solde|
solde precedent|solde crediteur|opening balance|closing balance|beginning balance|ending balance|
balance brought forward|balance carried forward|brought forward|carried forward|previous balance|
ingaende saldo|utgaende saldo|inngaende saldo|primosaldo|ultimosaldo
"""
# What stands before a sum of payments, in a line without a date.
_SUM_WORDS = "total|totals|totale|totali|totaux|totalen|totaal|summe|suma|somme|gesamt|sum|razem"
# Columns whose name asks whether a row is booked, answered by yes or no.
_ASKED_WORDS = """
contabilizzazione contabilizzato contabilizzata gebucht booked posted cleared settled geboekt
comptabilise contabilizado bokfort bokford bogfort zaksiegowana zaksiegowano kirjattu
"""
_DIGIT = later(r"\d")
_NO = frozenset(["no", "nein", "non", "n", "false", "0", "nee", "nie", "nej", "nei", "nao", "ei"])
_YES = frozenset(
    ["yes", "ja", "oui", "si", "y", "true", "1", "j", "tak", "sim", "joo", "kylla", "s", "x"]
)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", plain(text))


def _phrases(lines: str) -> frozenset[str]:
    return frozenset(" ".join(_words(phrase)) for phrase in lines.split("|"))


_BALANCES = frozenset(phrase.replace(" ", "") for phrase in _phrases(_BALANCE_WORDS))
_SUMS = _phrases(_SUM_WORDS)
_NOT, _BOOKED = _phrases(_NOT_WORDS), _phrases(_BOOKED_WORDS)
_ASKED = frozenset(_ASKED_WORDS.split())


@lru_cache(maxsize=4096)
def booked(state: str, name: str = "") -> bool | None:
    """Whether the state of a row says that it is booked; None if it is no state.

    `name` is that of its column: under "Contabilizzazione" a yes or a no is an answer.
    """
    if len(state) > CHARS_MAX:
        return None
    words = _words(state)
    if not words or len(words) > WORDS_MAX:
        return None
    if len(words) == 1 and words[0] in _NO | _YES and set(_words(name)) & _ASKED:
        return words[0] in _YES
    spans = {
        " ".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, min(len(words), start + 3) + 1)
    }
    if spans & _NOT:
        return False
    return True if spans & _BOOKED else None


def says_state(text: str, name: str) -> bool:
    """Whether a cell of a column of this name says if its row is booked."""
    return booked(text, name) is not None


def surely_not(state: str) -> bool:
    """Whether the whole text is a word for what is not booked, wherever it stands."""
    return len(state) <= CHARS_MAX and _is_not(state)


@lru_cache(maxsize=4096)
def _is_not(state: str) -> bool:
    return " ".join(_words(state)) in _NOT


def says_balance(text: str) -> bool:
    """Whether a cell says that its line is a balance: "Saldo anterior", "S A L D O"."""
    # None of the phrases has a digit, and most cells that are seen only once have one.
    return len(text) <= CHARS_MAX and not _DIGIT.search(text) and _is_balance(text)


@lru_cache(maxsize=4096)
def _is_balance(text: str) -> bool:
    return "".join(_words(text)) in _BALANCES


def says_sum(text: str) -> bool:
    """Whether a cell says that its line is a sum of others."""
    return len(text) <= CHARS_MAX and " ".join(_words(text)) in _SUMS
