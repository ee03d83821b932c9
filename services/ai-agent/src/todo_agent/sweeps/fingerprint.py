"""Fingerprints: how the agent knows that it has said something before.

A fingerprint stands for a rule and the situation of each of its tasks (date, time, priority), not for what
was proposed. It is the sorted list of one digest per task, so that it identifies the whole set, and so that
a task that was part of an earlier card is still recognised when more tasks have joined it since.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence

from todo_agent.backend.dto import Task

MAX_LENGTH = 128
_COUNT_DIGITS = 2
_DIGEST_LENGTH = 43  # SHA-256 in base64 without padding


def fingerprint(rule: str, tasks: Sequence[Task]) -> str:
    """At most 128 characters of `0-9A-Za-z_-`, for up to 25 tasks: their number and their digests."""
    length = _digest_length(len(tasks))
    digests = sorted(_digest(rule, task)[:length] for task in tasks)
    return f"{len(tasks):0{_COUNT_DIGITS}}" + "".join(digests)


class Spoken:
    """The situations that earlier fingerprints were about."""

    def __init__(self, fingerprints: Iterable[str]) -> None:
        self._digests: dict[int, set[str]] = {}
        for text in fingerprints:
            self._remember(text)

    def knows(self, rule: str, task: Task) -> bool:
        """Whether a card of `rule` was about this task in its present situation.

        A digest keeps 30 bits even among 25 tasks: a wrong yes happens once in about 200,000 cases.
        """
        digest = _digest(rule, task)
        return any(digest[:length] in known for length, known in self._digests.items())

    def _remember(self, text: str) -> None:
        head, digests = text[:_COUNT_DIGITS], text[_COUNT_DIGITS:]
        count = int(head) if head.isdecimal() else 0
        if count < 1 or len(digests) != count * _digest_length(count):
            return  # not one of ours
        length = _digest_length(count)
        parts = (digests[start : start + length] for start in range(0, len(digests), length))
        self._digests.setdefault(length, set()).update(parts)


def _digest_length(count: int) -> int:
    return min(_DIGEST_LENGTH, (MAX_LENGTH - _COUNT_DIGITS) // max(count, 1))


def _digest(rule: str, task: Task) -> str:
    situation = "\0".join((rule, task.id, str(task.due_date), str(task.due_time), task.priority))
    digest = hashlib.sha256(situation.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
