"""Search by normalised text (docs/adr/0005).

A task's `search_text` is its title, notes and labels in a form where matching is a plain LIKE, bounded by the
user's own rows: case folded, accents dropped, punctuation turned into spaces, a space in front of every word.
"""

import re
import unicodedata
from collections.abc import Iterable

_NOT_A_WORD = re.compile(r"[\W_]+")
# Scripts that put no space between words: Thai, Lao, Myanmar, Khmer, kana, Han, and Hangul, whose endings
# stick to the word.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
_MAX_TERMS = 20


def normalise(text: str) -> str:
    """Words in one form, each with a space in front: `" muller anrufen"` for “Müller anrufen!”."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in folded if not unicodedata.combining(character))
    words = _NOT_A_WORD.sub(" ", unicodedata.normalize("NFKC", bare)).split()
    return "".join(f" {word}" for word in words)


def search_text(title: str, notes: str, labels: Iterable[str]) -> str:
    """What `q` looks through for one task."""
    return normalise(" ".join((title, notes, *labels)))


def patterns(query: str) -> list[str]:
    """The LIKE patterns that must all match: word beginnings, or anywhere in scripts without spaces.

    The normal form has neither `%`, `_` nor a backslash, so nothing needs to be escaped.
    """
    terms = normalise(query).split()[:_MAX_TERMS]
    return [f"%{term}%" if _UNSPACED.search(term) else f"% {term}%" for term in terms]
