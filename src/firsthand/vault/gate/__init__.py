"""The only way out of a vault: every disclosure, question and ending leaves through here.

Above: the roles and the inbox, which say what to send or ask. Below: terms and the store, which
hold what was agreed. What leaves runs one named list of steps (``disclosing.COMPOSED``, then
``put_log``) until it stands in the log, and is sent from there (``sending``). A refusal at any step
is a value with a reason that the person sees. Only this package and the organisation's outbox may
dial.
"""

from firsthand.vault.gate.asking import Introduction, Offline, Unusable
from firsthand.vault.gate.disclosing import Leaving, Request
from firsthand.vault.gate.door import Gate
from firsthand.vault.gate.ending import Courier
from firsthand.vault.gate.noticing import REPLACED, warn
from firsthand.vault.gate.sending import Outcome

__all__ = [
    "REPLACED",
    "Courier",
    "Gate",
    "Introduction",
    "Leaving",
    "Offline",
    "Outcome",
    "Request",
    "Unusable",
    "warn",
]
