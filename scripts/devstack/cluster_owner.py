"""Running PostgreSQL's programs as a user it accepts: it refuses to run as root."""

import os
import pwd
import shutil
import signal
import stat
from collections.abc import Callable, Iterable
from pathlib import Path

from devstack.parent_death import binding


class ClusterOwner:
    """The system user that owns the data directory: this user, or `nobody` when this user is root."""

    def __init__(self) -> None:
        self._nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None

    def own(self, path: Path) -> None:
        """Give `path` itself (not what is in it) to the owner."""
        if self._nobody is not None:
            os.chown(path, self._nobody.pw_uid, self._nobody.pw_gid)

    def command(self, arguments: list[str], *, reaches: Iterable[Path], server: bool = False) -> list[str]:
        """`arguments` as the owner has to run them.

        A clone below `/root` is closed to `nobody`. Instead of opening directories to everybody, the process
        then keeps the one capability that lets it pass through (capabilities(7)).
        """
        if self._nobody is None:
            return arguments
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise RuntimeError("PostgreSQL does not run as root and `setpriv` (util-linux) is not installed.")
        prefix = [
            setpriv,
            f"--reuid={self._nobody.pw_uid}",
            f"--regid={self._nobody.pw_gid}",
            "--clear-groups",
        ]
        if not all(_open_to_everybody(path) for path in reaches):
            prefix += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
            prefix += ["--securebits=+no_setuid_fixup"]  # or access(2) would leave that capability out
        if server:
            prefix += ["--pdeathsig=INT"]
        return [*prefix, "--", *arguments]

    def before_exec(self) -> Callable[[], None] | None:
        """The `preexec_fn` for the server. As root `setpriv` binds: a change of user unbinds."""
        return binding(signal.SIGINT) if self._nobody is None else None


def _open_to_everybody(path: Path) -> bool:
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)
