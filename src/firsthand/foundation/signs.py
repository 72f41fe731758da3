"""Signs that nobody sees and that change how a text is read: controls, changes of direction.

What our own side enters is refused with them; what comes from elsewhere is shown without them.
Source: UAX 9 (bidirectional text), UTS 39 (what may stand in names).
"""

import re
import unicodedata
from typing import Final

# Letters of Persian and several languages of India are joined and parted by these two; the third
# says where a long word may be broken.
_FINE: Final = frozenset("\u200c\u200d\u00ad")
_STEERING: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_SHOWN_WITHOUT: Final = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb]"
)


def unseen(text: str) -> str | None:
    """The first sign in ``text`` that steers how it is read, such as `U+202E`, or None."""
    for sign in text:
        if sign not in _FINE and unicodedata.category(sign) in _STEERING:
            return f"U+{ord(sign):04X}"
    return None


def seen(text: str) -> str:
    """``text`` as it may be shown beside others: without those signs, with its lines and tabs."""
    return _SHOWN_WITHOUT.sub("", text)
