"""Slowing down those who guess passwords, the same on every replica.

Each attempt is counted before its password is looked at, so fifty guesses at once count as fifty. An account
allows five failures; each further one doubles the wait, from one second to fifteen minutes, and while it
waits nothing is counted, so that nobody can make somebody else's wait longer than that. Signed-in sessions
are not touched. An address allows more, for many people may share one. A success forgets the account's
failures. Keys are keyed hashes: the table tells neither who was attacked nor from where.
"""

import hashlib
import hmac

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from todo_backend.settings import Settings

FAILURES_PER_ACCOUNT = 5
_ACCOUNT_MEMORY = 24 * 3600.0
_ADDRESS_MEMORY = 3600.0

# clock_timestamp(), because a transaction that waited for the row must not reckon with when it began.
_COUNT_ATTEMPT = text(
    """
    INSERT INTO login_throttles AS t (key, failures, last_failed_at) VALUES (:key, 1, clock_timestamp())
    ON CONFLICT (key) DO UPDATE
       SET (failures, last_failed_at, blocked_until) = (
           SELECT n, clock_timestamp(),
                  CASE WHEN n >= :free
                       THEN clock_timestamp() + make_interval(secs => least(2.0 ^ least(n - :free, 20), 900))
                  END
             FROM (SELECT CASE WHEN t.last_failed_at < clock_timestamp() - make_interval(secs => :memory)
                               THEN 1 ELSE t.failures + 1 END) AS counted (n)
           )
     WHERE coalesce(t.blocked_until <= clock_timestamp(), true)
    RETURNING failures
    """
)
_COUNT_SIGN_UP = text(
    """
    INSERT INTO login_throttles AS t (key, failures, last_failed_at, blocked_until)
    VALUES (:key, 1, clock_timestamp(), clock_timestamp() + interval '1 hour')
    ON CONFLICT (key) DO UPDATE
       SET (failures, last_failed_at, blocked_until) = (
           SELECT CASE WHEN t.blocked_until <= clock_timestamp() THEN 1 ELSE t.failures + 1 END,
                  clock_timestamp(),
                  CASE WHEN t.blocked_until <= clock_timestamp() THEN excluded.blocked_until
                       ELSE t.blocked_until END
           )
     WHERE t.failures < :free OR t.blocked_until <= clock_timestamp()
    RETURNING failures
    """
)
_WAIT = text(
    "SELECT extract(epoch FROM blocked_until - clock_timestamp())::float"
    "  FROM login_throttles WHERE key = :key"
)
_FORGET = text("DELETE FROM login_throttles WHERE key = :key")
_TAKE_BACK = text(
    """
    UPDATE login_throttles
       SET failures = greatest(failures - 1, 0),
           blocked_until = CASE WHEN failures - 1 >= :free THEN blocked_until END
     WHERE key = :key
    """
)


class Throttle:
    """The counters of `login_throttles`; needs a session that is bound to no user.

    Counting returns the seconds to wait before the next try, None when this one may go on. The transaction
    must be committed in both cases, before the password is verified.
    """

    def __init__(self, settings: Settings) -> None:
        self._secret = settings.jwt_secret.get_secret_value().encode()
        self._failures_per_address = settings.login_failures_per_address
        self._sign_ups_per_hour = settings.sign_ups_per_hour

    async def count_login(self, session: AsyncSession, *, email: str, address: str) -> float | None:
        """Count one attempt for the address and, unless that has to wait, for the account."""
        wait = await self._count(
            session,
            self._key("address", address),
            free=self._failures_per_address,
            memory=_ADDRESS_MEMORY,
        )
        return wait or await self.count_confirmation(session, email=email)

    async def count_confirmation(self, session: AsyncSession, *, email: str) -> float | None:
        """Count one try of a signed-in user to confirm with the password."""
        return await self._count(
            session, self._key("account", email), free=FAILURES_PER_ACCOUNT, memory=_ACCOUNT_MEMORY
        )

    async def succeeded(self, session: AsyncSession, *, email: str, address: str | None = None) -> None:
        """Forget the failures of the account, and for the address that this attempt was one."""
        if address is not None:
            free = {"free": self._failures_per_address}
            await session.execute(_TAKE_BACK, {"key": self._key("address", address)} | free)
        await session.execute(_FORGET, {"key": self._key("account", email)})

    async def count_sign_up(self, session: AsyncSession, *, address: str) -> float | None:
        """Count a new account from the address, within an hour that starts with the first."""
        if self._sign_ups_per_hour == 0:
            return None
        key = self._key("sign-up", address)
        counted = await session.scalar(_COUNT_SIGN_UP, {"key": key, "free": self._sign_ups_per_hour})
        return None if counted else await self._wait(session, key)

    async def _count(self, session: AsyncSession, key: str, *, free: int, memory: float) -> float | None:
        counted = await session.scalar(_COUNT_ATTEMPT, {"key": key, "free": free, "memory": memory})
        return None if counted else await self._wait(session, key)

    async def _wait(self, session: AsyncSession, key: str) -> float:
        return max(await session.scalar(_WAIT, {"key": key}) or 0, 0.001)

    def _key(self, kind: str, value: str) -> str:
        return hmac.new(self._secret, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()
