"""How a process that makes one thing and ends treats its memory: it does not tidy up, before it is over nor then.

In: nothing. Out: nothing.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_UNTOLD = 120  # the status of Python itself when its last words can't be written


@contextmanager
def uncollected() -> Iterator[None]:
    """Don't look for garbage: the engine makes millions of objects that all live until the end.

    Afterwards they are set aside, since looking through them takes longer than all that follows. A process that does
    this again looks through what the last time left.
    """
    if not gc.isenabled():
        yield
        return
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def leave(status: int) -> None:
    """End the process with a status. The system takes its memory back at once; Python would go through it bit by bit.

    What is to be done at the end is done: temporary folders are removed, and everything said is written.
    """
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        os._exit(_UNTOLD)
    os._exit(status)
