"""Garbage collection of a process that builds one edition: disabled until the end.

In: nothing. Out: nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_disabled() -> Iterator[None]:
    """Disable garbage collection: the engine creates millions of objects that all live until the end.

    At the end they are frozen, because collecting them takes longer than everything that follows. A second use in the
    same process first collects what the first one left.
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
