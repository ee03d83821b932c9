"""Passwords: hashed with argon2id away from the event loop, and refused when they are common.

Parameters are the second choice of the OWASP password storage cheat sheet, 19 MiB and two passes: about 30 ms
of one core. That is work an outsider can ask for, so it is bounded: `admitted` lets a limited number of
requests in and answers 503 to the rest before anything is computed.
"""

import asyncio
import base64
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import TypeVar

import argon2

from todo_kit.problem import Overloaded

T = TypeVar("T")

MIN_CHARACTERS = 8
MAX_BYTES = 1024

_WAITING_PER_THREAD = 25  # so that nobody waits for much longer than a second


class PasswordHashing:
    """Hashes and verifies passwords, as many at a time as there are cores."""

    def __init__(self, hasher: argon2.PasswordHasher | None = None, *, threads: int | None = None) -> None:
        self._hasher = hasher or argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        threads = threads or os.cpu_count() or 1
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._capacity = threads * (1 + _WAITING_PER_THREAD)
        self._admitted = 0

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Around everything that will hash. Raises `Overloaded` at once when too many are inside."""
        if self._admitted >= self._capacity:
            raise Overloaded("Too many people are signing in right now.", retry_after=2)
        self._admitted += 1
        try:
            yield
        finally:
            self._admitted -= 1

    async def hash(self, password: str) -> str:
        """The encoded argon2id hash with a fresh salt."""
        return await self._run(self._hasher.hash, password)

    async def verify(self, encoded: str | None, password: str) -> bool:
        """Whether `password` is the one. Without a hash it takes the same time and is never right."""
        return await self._run(self._verify, encoded or self._nobodys(), password)

    def is_outdated(self, encoded: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(encoded)

    def close(self) -> None:
        """Let the threads end."""
        self._executor.shutdown(wait=False)

    async def _run(self, function: Callable[..., T], *arguments: str) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, function, *arguments)

    def _verify(self, encoded: str, password: str) -> bool:
        try:
            return self._hasher.verify(encoded, password)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False

    def _nobodys(self) -> str:
        """A hash with today's parameters that belongs to no password."""
        h = self._hasher
        salt, digest = (base64.b64encode(bytes(n)).decode().rstrip("=") for n in (h.salt_len, h.hash_len))
        return f"$argon2id$v=19$m={h.memory_cost},t={h.time_cost},p={h.parallelism}${salt}${digest}"


@cache
def _common_passwords() -> frozenset[str]:
    text = files("todo_backend.accounts").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(text.split())


def is_common(password: str) -> bool:
    """Whether it is among the passwords that are tried first (ASVS 5.0, 6.2.4), in any case."""
    return password.casefold() in _common_passwords()


def is_own_address(password: str, email: str) -> bool:
    """Whether it is the account's e-mail address, or the part of it before the @."""
    return password.casefold() in {email.casefold(), email.casefold().partition("@")[0]}
