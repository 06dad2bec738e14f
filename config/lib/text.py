"""What a piece of text may contain, and how two pieces are compared."""

import re
import unicodedata

# NUL and other control characters except TAB, LF, CR; lone surrogates; direction overrides that can make a
# line read differently from what is stored (U+202A-202E, U+2066-2069); the byte order mark.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")


def has_unstorable(text: str) -> bool:
    """True when `text` holds a character that we refuse to keep."""
    return _FORBIDDEN.search(text) is not None


def normal(text: str) -> str:
    """`text` in composed form (NFC), so that the same word is the same bytes."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """`text` for comparing: no case, no accents, one space between words.

    Both Turkish dotted and dotless i, and German sharp s, meet their plain spelling.
    """
    if text.isascii():  # nothing to strip; ten times as quick
        return " ".join(text.casefold().split())
    stripped = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(stripped.replace("ı", "i").casefold().split())
