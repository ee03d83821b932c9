"""Children that never outlive the process that started them, even when it is killed with SIGKILL."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1  # prctl(2)
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def bind_to_parent(signum: signal.Signals, parent: int) -> None:
    """Have the kernel send `signum` to this process when `parent`, its parent process, ends.

    Linux only, does nothing elsewhere. Strictly, the kernel watches the thread that made this process, so
    children must be started from a thread that lives as long as they should: the main thread.
    """
    if _prctl is None:
        return
    _prctl(_PR_SET_PDEATHSIG, int(signum))
    if os.getppid() != parent:  # it ended before the call above took effect
        os.kill(os.getpid(), signum)


def binding(signum: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` that binds the new child to the calling process."""
    parent = os.getpid()
    return lambda: bind_to_parent(signum, parent)
