"""Lines on the terminal."""

import os
import sys

_RESET = "\x1b[0m"
_COLOURS = {"backend": "\x1b[34m", "ai-agent": "\x1b[35m", "frontend": "\x1b[36m", "dev": "\x1b[33m"}


class Console:
    """Writes one line at a time, each with the name of who wrote it; in colour on a terminal only."""

    def __init__(self) -> None:
        self.is_terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        self._colour = self.is_terminal and "NO_COLOR" not in os.environ

    def say(self, text: str, *, who: str = "dev") -> None:
        """Print `text` with the name of its writer before each line."""
        for line in text.splitlines():
            self.raw(f"{self._name(who)} {line}")

    def pass_on(self, who: str, line: str) -> None:
        """Print a service's own line. Its log records carry their name already, other output gets it here."""
        if line.startswith("{") or who in line[:48]:
            self.raw(line)
        else:
            self.say(line, who=who)

    def box(self, lines: list[str]) -> None:
        """Print `lines` in a frame."""
        width = max(len(line) for line in lines)
        top, bottom = f"╭{'─' * (width + 4)}╮", f"╰{'─' * (width + 4)}╯"
        self.raw("\n".join([top, *(f"│  {line.ljust(width)}  │" for line in lines), bottom]))

    def raw(self, text: str) -> None:
        """Print `text` as it is, at once."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def _name(self, who: str) -> str:
        name = f"{who:<9}│"
        return f"{_COLOURS.get(who, '')}{name}{_RESET}" if self._colour else name
