"""Those who do what comes at the end, started at the beginning: while this process is still small.

In: names, how to prepare, what to do. Out: the result of each name's task, from a child of its own.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from multiprocessing.connection import Connection
from typing import Any, Generic, Self, TypeVar

from report.processes.parallel import CAN_FORK, answer_of, result_of, work

Result = TypeVar("Result")
Task = TypeVar("Task")

_BEHIND = 9  # by so much they give way to those who make what they wait for (see nice(2))
_PATIENCE = 2  # seconds


class Assistants(Generic[Task, Result]):
    """Those who do the work for each name: children of one child, which is started while this process is still small.

    It prepares itself once, so that all of them are prepared. The first name has right of way. Where there can be no
    child, the work is done here when its result is asked for.
    """

    def __init__(self, names: Sequence[str], prepare: Callable[[], object], do: Callable[[Task], Result]) -> None:
        self.do = do
        self.answers: dict[str, Connection] = {}
        if not CAN_FORK or multiprocessing.current_process().daemon:
            return
        context = multiprocessing.get_context("fork")
        inbox, self.outbox = context.Pipe(duplex=False)
        pipes = {name: context.Pipe(duplex=False) for name in names}
        self.answers = {name: receiver for name, (receiver, _) in pipes.items()}
        senders = {name: sender for name, (_, sender) in pipes.items()}
        unneeded = [self.outbox, *self.answers.values()]
        self.head = context.Process(target=_assist, args=(inbox, senders, unneeded, prepare, do))
        self.head.start()
        with suppress(OSError):  # here too, whoever comes first: it may have to be ended at once
            os.setpgid(self.head.pid or 0, self.head.pid or 0)
        for connection in (inbox, *senders.values()):
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self.answers:
            self.outbox.close()
            if kind is None:  # all is done, and they end by themselves
                self.head.join(_PATIENCE)
            with suppress(ProcessLookupError):
                os.killpg(self.head.pid or 0, signal.SIGKILL)
            self.head.join()
            for connection in self.answers.values():
                connection.close()

    def prepare(self) -> None:
        """Let them load what they need: when this process leaves a processor free."""
        if self.answers:
            self.outbox.send(None)

    def give(self, name: str, task: Task) -> Callable[[], Result]:
        """Give one its task. Returns what waits for the result, and raises as `run_forked`."""
        if not self.answers:
            return cache(partial(self.do, task))
        self.outbox.send((name, task))
        return partial(result_of, cache(partial(answer_of, name, self.answers[name])))


def _assist(
    inbox: Connection,
    senders: Mapping[str, Connection],
    unneeded: Sequence[Connection],
    prepare: Callable[[], object],
    do: Callable[[Any], Any],
) -> None:
    """Prepare when told to, and have each task done by a child. Ends when nobody can ask any more."""
    with suppress(OSError):
        os.setpgid(0, 0)  # so that all can be ended as one; an interruption comes from those who asked
    os.nice(_BEHIND)
    for connection in unneeded:
        connection.close()
    begun = list[Any]()
    with suppress(EOFError):
        while True:
            if (given := inbox.recv()) is None:
                prepare()
                continue
            name, task = given
            others = [inbox, *(sender for other, sender in senders.items() if other != name)]
            target = (partial(_in_place, list(senders).index(name), do, task), senders[name], others, None)
            begun.append(multiprocessing.get_context("fork").Process(target=work, args=target))
            begun[-1].start()
            senders[name].close()
    for process in begun:
        process.join()


def _in_place(place: int, do: Callable[[Any], Any], task: Any) -> Any:
    os.nice(place)
    return do(task)
