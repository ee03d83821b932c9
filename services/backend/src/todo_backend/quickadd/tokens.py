"""Cut a line of text into words that keep their place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# In quotes a doubled quote stands for one, as in CSV (RFC 4180 section 2, rule 7). The quantifiers are
# possessive: no text makes this slow.
_PIECE = re.compile(
    r"""
    (?P<mark>[#@]"(?:[^"]++|"")++")(?=[\s,;:.!?)\]}]|$)
  | (?P<quote>"(?:[^"]++|"")*+"(?=[\s,;:.!?)\]}]|$))
  | (?P<curly>[“„][^“”„"]++[“”](?=[\s,;:.!?)\]}]|$))
  | (?P<open>[(\[{])
  | (?P<chunk>\S+)
    """,
    re.VERBOSE,
)
_TRAILING = ",;:.!?)]}"
_KEEPS_DOT = re.compile(r"[0-9]{1,2}\.(?:[0-9]{1,2}\.)?")


@dataclass(frozen=True, slots=True)
class Token:
    """`text[start:end]`, and how it reads: `word` in lower case, "" for what is taken literally."""

    start: int
    end: int
    raw: str
    word: str
    quoted: str | None = None
    """What stands between quotes; None for all other tokens."""


def tokenize(text: str, ignore: Iterable[tuple[int, int]]) -> list[Token]:
    """All words and punctuation of `text` in order. What overlaps a span of `ignore` is literal."""
    taken_back = tuple(ignore)
    tokens: list[Token] = []
    for piece in _PIECE.finditer(text):
        kind, start, raw = piece.lastgroup, piece.start(), piece.group()
        if kind == "chunk":
            _add_chunk(tokens, start, raw)
        elif kind in {"quote", "curly"}:
            content = raw[1:-1].replace('""', '"') if kind == "quote" else raw[1:-1]
            tokens.append(Token(start, piece.end(), raw, "", content))
        else:
            tokens.append(Token(start, piece.end(), raw, raw.lower()))
    if not taken_back:
        return tokens
    return [_literal(token) if _overlaps(token, taken_back) else token for token in tokens]


def _add_chunk(tokens: list[Token], start: int, raw: str) -> None:
    """A word and the punctuation that follows it, as tokens of their own."""
    size = len(raw)
    while size > 1 and raw[size - 1] in _TRAILING and not _KEEPS_DOT.fullmatch(raw, 0, size):
        size -= 1
    tokens.append(Token(start, start + size, raw[:size], raw[:size].lower()))
    tokens.extend(
        Token(place, place + 1, sign, sign) for place, sign in enumerate(raw[size:], start=start + size)
    )


def _overlaps(token: Token, spans: tuple[tuple[int, int], ...]) -> bool:
    return any(start < token.end and token.start < end for start, end in spans)


def _literal(token: Token) -> Token:
    return Token(token.start, token.end, token.raw, "", token.quoted)
