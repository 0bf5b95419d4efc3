"""How a process that builds one edition treats its memory: it does not look for garbage before it is done.

In: nothing. Out: nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
