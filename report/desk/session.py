"""The state of a desk: what each variant shows, what is being built, and who wants to know.

In: answers of the workshop, changes of files, tabs that come and go. Out: messages for tabs. A build that fails leaves
the last good pages; a change while one runs begins it anew. One event loop owns all of this: nothing here waits.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from report.desk.marks import marked, pending
from report.desk.records import Contrasts, FileFindings, Inks, MarkedProblem, Pages, PreviewPart, QuickPreview, as_json
from report.problems import Place, Problem, error
from report.processes.child import CrashError
from report.processes.faults import INTERNAL
from report.processes.server import Answer

MOST_RESTARTS = 3  # in a row, so that someone who never stops typing sees pages too
HEARTBEAT = 15.0  # seconds


class JobRunner(Protocol):
    """What the desk needs of a workshop."""

    def start(self, job: str, *arguments: Any) -> int:
        """Start a job."""

    def stop(self, number: int) -> None:
        """Stop a job."""


@dataclass(slots=True)
class VariantView:
    """What is known of a variant. `stage`: waiting, building, checking, ready or failed."""

    stage: str = "waiting"
    id: str = ""
    pages: bytes = b""
    layout: tuple[MarkedProblem, ...] = ()
    found: tuple[MarkedProblem, ...] = ()
    stopping: tuple[MarkedProblem, ...] = ()
    contrasts: bytes = b""
    inks: Mapping[int, bytes] = field(default_factory=dict)
    overlays_of: dict[str, str] = field(default_factory=dict)
    glimpse: Mapping[int, tuple[str, int]] = field(default_factory=dict)
    stale: bool = True
    seconds: float = 0.0

    @property
    def problems(self) -> tuple[MarkedProblem, ...]:
        """The problems of the last attempt: those that stopped it, or those of the pages."""
        return self.stopping or tuple(sorted((*self.layout, *self.found), key=lambda each: each.severity))


@dataclass(slots=True)
class _JobRun:
    variant: str
    started: float
    restarts: int = 0


class Session:
    """One edition on the desk. `variants`: those to switch between, the first one first; `about` goes to each tab."""

    def __init__(self, jobs: JobRunner, variants: Sequence[str], about: Mapping[str, Any]) -> None:
        self.jobs, self.about = jobs, about
        self.shown = {variant: VariantView() for variant in variants}
        self.wanted = Counter({variants[0]: 1})
        self.running: dict[int, _JobRun] = {}
        self.version = 0
        self.news = asyncio.Event()
        self.closing = False

    # what happens

    def changed(self) -> None:
        """Files have changed: what is shown is out of date, and what is being built is begun anew."""
        restarts = {run.variant: run.restarts for run in self.running.values() if self._building(run)}
        for shown in self.shown.values():
            shown.stale = True
        for number, run in list(self.running.items()):
            if not self._building(run) or run.restarts < MOST_RESTARTS:
                self._stop(number)
        self._next(restarts)

    def _building(self, run: _JobRun) -> bool:
        return self.shown[run.variant].stage == "building"

    def _stop(self, number: int) -> None:
        self.jobs.stop(number)
        del self.running[number]

    def _next(self, restarts: Mapping[str, int] | None = None) -> None:
        """Build what somebody looks at and is out of date: one layout at a time."""
        if not any(self._building(run) for run in self.running.values()):
            for variant, shown in self.shown.items():
                if shown.stale and self.wanted[variant] > 0:
                    for number in [n for n, run in self.running.items() if run.variant == variant]:
                        self._stop(number)
                    shown.stale, shown.stage = False, "building"
                    again = (restarts or {}).get(variant, -1) + 1
                    self.running[self.jobs.start("build", variant)] = _JobRun(variant, time.monotonic(), again)
                    break
        self._tell()

    def answered(self, answer: Answer) -> None:
        """Take what a build tells; answers of builds that were stopped are passed over."""
        if (run := self.running.get(answer.number)) is None:
            return
        shown = self.shown[run.variant]
        if answer.kind == "part":
            self._part(shown, run, answer.value)
        else:
            del self.running[answer.number]
            self._ended(shown, answer)
        self._next()

    def _part(self, shown: VariantView, run: _JobRun, part: PreviewPart) -> None:
        if isinstance(part, Pages):
            shown.id, shown.pages = part.preview.id, as_json(part.preview)
            shown.layout, shown.found, shown.stopping = part.problems, pending(shown.found), ()
            shown.stage, shown.seconds, shown.glimpse = "checking", time.monotonic() - run.started, {}
        elif isinstance(part, QuickPreview):
            shown.glimpse = {**shown.glimpse, **part.pages}
        elif isinstance(part, FileFindings):
            shown.found = part.problems
        elif isinstance(part, Contrasts):
            pages = {str(page): [asdict(text) for text in texts] for page, texts in part.pages.items()}
            shown.contrasts = json.dumps(pages, ensure_ascii=False, separators=(",", ":")).encode()
            shown.overlays_of["contrast"] = shown.id
        elif isinstance(part, Inks):
            shown.inks = part.pages
            shown.overlays_of["ink"] = shown.id

    def _ended(self, shown: VariantView, answer: Answer) -> None:
        if answer.kind == "result":
            shown.stage = "ready"
            return
        problems: Sequence[Problem] = answer.value if answer.kind == "problems" else [_crashed(answer.value)]
        if shown.stage == "checking":  # the pages are there; only looking through them failed
            shown.stage, shown.found = "ready", marked(problems, ())
        else:
            shown.stage, shown.stopping = "failed", marked(problems, ())

    def lost(self) -> None:
        """The workshop is gone: nothing runs any more, and what was being built is to be built."""
        self.running.clear()
        for shown in self.shown.values():
            shown.glimpse = {}
            if shown.stage in {"building", "checking"}:
                shown.stage, shown.stale = "waiting", True
        self._next()

    def close(self) -> None:
        """Let every tab go."""
        self.closing = True
        self._tell()

    # who wants to know

    @contextmanager
    def watched(self, variant: str) -> Iterator[None]:
        """A tab looks at a variant."""
        self.wanted[variant] += 1
        self._next()
        try:
            yield
        finally:
            self.wanted[variant] -= 1

    async def messages(self, variant: str) -> AsyncIterator[str]:
        """Yield the state whenever it changes, only the newest to a slow tab; and an empty text as a sign of life."""
        with self.watched(variant):
            told = -1
            while not self.closing:
                if told != self.version:
                    told = self.version
                    yield self.message(variant)
                    continue
                try:
                    await asyncio.wait_for(self.news.wait(), HEARTBEAT)
                except TimeoutError:
                    yield ""

    def message(self, variant: str) -> str:
        """Return the state of a variant as JSON."""
        shown = self.shown[variant]
        return json.dumps(
            {
                **self.about,
                "variant": variant,
                "variants": list(self.shown),
                "stage": shown.stage,
                "id": shown.id,
                "glimpse": {str(page): f"{name}/{number}" for page, (name, number) in shown.glimpse.items()},
                "seconds": round(shown.seconds, 2),
                "overlays": [name for name, of in shown.overlays_of.items() if of == shown.id],
                "problems": [asdict(problem) for problem in shown.problems],
            },
            ensure_ascii=False,
        )

    def _tell(self) -> None:
        self.version += 1
        self.news.set()
        self.news = asyncio.Event()


def _crashed(crash: CrashError) -> Problem:
    return error("build-gone", Place(), f"The build failed: {crash}.", f"Look at the last change. {INTERNAL}")
