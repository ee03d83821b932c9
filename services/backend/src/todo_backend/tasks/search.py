"""Search by normalised text (docs/adr/0005).

A task's `search_text` is its title, notes and labels in a form where matching is a plain LIKE, bounded by the
user's own rows: case folded, accents dropped, punctuation turned into spaces, a space in front of every word.
"""

import re
import unicodedata
from collections.abc import Iterable

_NOT_ASCII_WORD = re.compile(r"[^a-z0-9]+")
# Scripts that put no space between words: Thai, Lao, Myanmar, Khmer, kana, Han, and Hangul, whose endings
# stick to the word. Emoji stick to words and to each other.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2190-\u2bff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U0001f000-\U0001faff\U00020000-\U0003ffff]"
)
# (Han)dakuten decompose into combining marks, but tell か from が as consonants, not as an accent.
_KEPT_MARKS = frozenset("\u3099\u309a")
_JOINERS = frozenset("\u200c\u200d")
_MAX_TERMS = 20


def normalise(text: str) -> str:
    """Words in one form, each with a space in front: `" muller anrufen"` for “Müller anrufen!”."""
    folded = text.casefold()
    if folded.isascii():
        words = _NOT_ASCII_WORD.sub(" ", folded).split()
    else:
        decomposed = unicodedata.normalize("NFKD", folded)
        bare = unicodedata.normalize("NFKC", "".join(map(_bare, decomposed)))
        words = bare.casefold().split()
    return "".join(f" {word}" for word in words)


def _bare(character: str) -> str:
    """A part of a word without its accent: `` for an accent, a space for what stands between words."""
    kind = unicodedata.category(character)
    if kind[0] in "LN" or kind == "So" or character in _KEPT_MARKS:
        return character
    if kind[0] == "M":  # vowel signs of Indic scripts belong to the word; accents and variations do not
        return "" if unicodedata.combining(character) or "\ufe00" <= character <= "\ufe0f" else character
    return "" if character in _JOINERS else " "


def search_text(title: str, notes: str, labels: Iterable[str]) -> str:
    """What `q` looks through for one task."""
    return normalise(" ".join((title, notes, *labels)))


def patterns(query: str) -> list[str]:
    """The LIKE patterns that must all match: word beginnings, or anywhere in scripts without spaces.

    The normal form has neither `%`, `_` nor a backslash, so nothing needs to be escaped.
    """
    terms = normalise(query).split()[:_MAX_TERMS]
    return [f"%{term}%" if _UNSPACED.search(term) else f"% {term}%" for term in terms]
