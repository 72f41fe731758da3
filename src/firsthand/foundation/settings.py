"""Settings: read once, at the edge, and passed down frozen.

`from_environment` is the only reader of the environment; `docs/settings.md` has a heading for
each variable. A value that is not allowed, or a name that nobody knows, stops the start.
"""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

PREFIX = "FIRSTHAND_"
VARIABLES = {
    "vault": "FIRSTHAND_VAULT",
    "passphrase": "FIRSTHAND_PASSPHRASE",
    "new_passphrase": "FIRSTHAND_NEW_PASSPHRASE",
    "hub": "FIRSTHAND_HUB",
    "egress": "FIRSTHAND_EGRESS",
    "data": "FIRSTHAND_DATA",
    "device": "FIRSTHAND_DEVICE",
    "backup_passphrase": "FIRSTHAND_BACKUP_PASSPHRASE",
    "upload_mb_max": "FIRSTHAND_UPLOAD_MB_MAX",
    "spool_mb_max": "FIRSTHAND_SPOOL_MB_MAX",
    "visit_mb_max": "FIRSTHAND_VISIT_MB_MAX",
    "visits_mb_max": "FIRSTHAND_VISITS_MB_MAX",
}
EGRESS_ALLOWED = ("public", "loopback")
PATH_CHARACTERS_MAX = 4096
PASSPHRASE_CHARACTERS_MAX = 1024
UPLOAD_MB_MAX = 20_000
VISIT_MB_MAX, VISITS_MB_MAX = 2_000, 8_000
MB_MAX = 1_000_000


class SettingRefused(ValueError):
    """A FIRSTHAND_ variable has a value that is not allowed, or a name that nobody knows.

    Correct it or unset it; nothing was started. docs/settings.md says what each one means.
    """


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the person or the organisation set. None means: not set.

    vault: the folder of the vault. passphrase: what unlocks it. new_passphrase: what shall unlock
    it from now on, for the one command that changes it. hub: the folder of the hub.
    egress: "public", or "loopback" to reach this machine as well. data: the folder in which
    files go for which no other place was named. device: the folder in which it is noted how
    vaults were left. backup_passphrase: what a backup is encrypted with, and opened by.
    upload_mb_max: the largest file that a browser may send. spool_mb_max: how much of what was
    sent and not read yet may lie beside one vault. visit_mb_max: what may be sent before there is a
    vault, where many keep theirs; visits_mb_max: of all who do so. In MB of 1,000,000 bytes.
    """

    vault: Path | None = None
    passphrase: str | None = None
    new_passphrase: str | None = None
    hub: Path | None = None
    egress: str = "public"
    data: Path | None = None
    device: Path | None = None
    backup_passphrase: str | None = None
    upload_mb_max: int = UPLOAD_MB_MAX
    spool_mb_max: int = UPLOAD_MB_MAX
    visit_mb_max: int = VISIT_MB_MAX
    visits_mb_max: int = VISITS_MB_MAX

    def __repr__(self) -> str:
        """Show everything but the passphrases: settings end up in error reports."""
        hidden = "None" if self.passphrase is None else "'...'"
        backup = "None" if self.backup_passphrase is None else "'...'"
        new = "None" if self.new_passphrase is None else "'...'"
        return (
            f"Settings(vault={self.vault!r}, passphrase={hidden}, new_passphrase={new}, "
            f"hub={self.hub!r}, "
            f"egress={self.egress!r}, data={self.data!r}, device={self.device!r}, "
            f"backup_passphrase={backup}, upload_mb_max={self.upload_mb_max!r}, "
            f"spool_mb_max={self.spool_mb_max!r}, visit_mb_max={self.visit_mb_max!r}, "
            f"visits_mb_max={self.visits_mb_max!r})"
        )

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """Show the same to pretty printers, which would ask for the fields otherwise."""
        shown = {name: getattr(self, name) for name in VARIABLES}
        for secret in ("passphrase", "new_passphrase", "backup_passphrase"):
            if shown[secret] is not None:
                shown[secret] = "..."
        return list(shown.items())


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Make settings of environment variables; names without the prefix are not looked at.

    Raises `SettingRefused`, which names the variable, its value (never a passphrase) and what
    is allowed.
    """
    for name in environ:
        if name.startswith(PREFIX) and name not in VARIABLES.values():
            raise SettingRefused(_unknown(name))
    return Settings(
        vault=_path(environ, VARIABLES["vault"]),
        passphrase=_passphrase(environ, VARIABLES["passphrase"]),
        new_passphrase=_passphrase(environ, VARIABLES["new_passphrase"]),
        hub=_path(environ, VARIABLES["hub"]),
        egress=_egress(environ, VARIABLES["egress"]),
        data=_path(environ, VARIABLES["data"]),
        device=_path(environ, VARIABLES["device"]),
        backup_passphrase=_passphrase(environ, VARIABLES["backup_passphrase"]),
        upload_mb_max=_megabytes(environ, VARIABLES["upload_mb_max"], UPLOAD_MB_MAX),
        spool_mb_max=_megabytes(environ, VARIABLES["spool_mb_max"], UPLOAD_MB_MAX),
        visit_mb_max=_megabytes(environ, VARIABLES["visit_mb_max"], VISIT_MB_MAX),
        visits_mb_max=_megabytes(environ, VARIABLES["visits_mb_max"], VISITS_MB_MAX),
    )


def from_environment() -> Settings:
    """Read the settings of this process. Raises `SettingRefused`."""
    return read_settings(os.environ)


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, VARIABLES.values(), n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"{name} is not a setting.{hint} There are: {', '.join(VARIABLES.values())}."


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    text = environ.get(name)
    if text is None:
        return None
    # A `~` that no shell has resolved would quietly make a folder of that name.
    if not text.strip() or len(text) > PATH_CHARACTERS_MAX or "\x00" in text or text[0] == "~":
        message = (
            f"{name} is {text[:80]!r}. Allowed is the path of a file or folder, written out "
            f"(no ~), of at most {PATH_CHARACTERS_MAX} characters; or unset it."
        )
        raise SettingRefused(message)
    return Path(text)


def _passphrase(environ: Mapping[str, str], name: str) -> str | None:
    text = environ.get(name)
    if text is None:
        return None
    if not text or len(text) > PASSPHRASE_CHARACTERS_MAX:
        message = (
            f"{name} has {len(text)} characters (its value is not shown). "
            f"Allowed are 1 to {PASSPHRASE_CHARACTERS_MAX}; or unset it."
        )
        raise SettingRefused(message)
    return text


def _megabytes(environ: Mapping[str, str], name: str, otherwise: int) -> int:
    text = environ.get(name, str(otherwise))
    plain = text.isascii() and text.isdecimal() and len(text) <= len(str(MB_MAX))
    if not plain or not 1 <= int(text) <= MB_MAX:
        message = f"{name} is {text[:80]!r}. Allowed is a number of MB from 1 to {MB_MAX}."
        raise SettingRefused(message)
    return int(text)


def _egress(environ: Mapping[str, str], name: str) -> str:
    text = environ.get(name, "public")
    if text not in EGRESS_ALLOWED:
        message = f"{name} is {text[:80]!r}. Allowed is one of: {', '.join(EGRESS_ALLOWED)}."
        raise SettingRefused(message)
    return text
