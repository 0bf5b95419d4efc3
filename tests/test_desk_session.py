"""The state of the desk: the last good pages stay, changes during a build begin it anew, and tabs hear the newest."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from report.desk.gallery import CHUNK, Gallery
from report.desk.records import (
    Contrasts,
    FileFindings,
    Geometry,
    Inks,
    MarkedProblem,
    PagePreview,
    Pages,
    Preview,
    QuickPreview,
    TextContrast,
)
from report.desk.session import MOST_RESTARTS, Session
from report.geometry import Frame, Insets
from report.problems import Place, error
from report.processes.child import CrashError
from report.processes.server import Answer


@dataclass
class FakeJobs:
    """A workshop that only writes down what it is told."""

    started: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    stopped: list[int] = field(default_factory=list)

    def start(self, job: str, *arguments: Any) -> int:
        self.started.append((job, arguments))
        return len(self.started)

    def stop(self, number: int) -> None:
        self.stopped.append(number)


GEOMETRY = Geometry(59, 61, 63, 45, 14, 12, 31, 12, 69, 27)
LEAF = PagePreview(1, "right", "Cover", 612, 792, Insets(), Insets(), (), ())
WRONG = MarkedProblem("warning", "blank-page", "", 0, 0, 1, "", "The page is blank.", "")
TYPO = error("unknown-key", Place("data/tiny/facts.yaml", 41, 5), "`lable` is not a key.", "Did you mean `label`?")


def pages(name: str, *problems: MarkedProblem) -> Pages:
    preview = Preview(name, "screen", "tiny", "Tiny", "en", "A printer", 300, GEOMETRY, (LEAF,), (), {}, {})
    return Pages(preview, problems)


@pytest.fixture
def jobs() -> FakeJobs:
    return FakeJobs()


@pytest.fixture
def session(jobs: FakeJobs) -> Session:
    return Session(jobs, ("screen", "print"), {"name": "tiny"})


def state(session: Session, variant: str = "screen") -> dict[str, Any]:
    found = json.loads(session.message(variant))
    assert isinstance(found, dict)
    return found


def built(session: Session, number: int, name: str, *problems: MarkedProblem) -> None:
    session.answered(Answer(number, "part", pages(name, *problems)))
    session.answered(Answer(number, "part", FileFindings(())))
    session.answered(Answer(number, "result"))


def test_only_the_variant_that_is_looked_at_is_built(session: Session, jobs: FakeJobs) -> None:
    session.changed()
    assert jobs.started == [("build", ("screen",))]
    assert state(session)["stage"] == "building"


def test_pages_are_shown_before_they_are_looked_through(session: Session) -> None:
    session.changed()
    session.answered(Answer(1, "part", pages("a")))
    assert (state(session)["stage"], state(session)["id"]) == ("checking", "a")
    session.answered(Answer(1, "result"))
    assert state(session)["stage"] == "ready"


def test_a_page_that_is_about_to_change_is_glimpsed_until_all_pages_are_there(session: Session) -> None:
    session.changed()
    built(session, 1, "a")
    assert state(session)["glimpse"] == {}
    session.changed()
    session.answered(Answer(2, "part", QuickPreview({3: ("b", 2)})))
    session.answered(Answer(2, "part", QuickPreview({7: ("c", 1)})))
    assert (state(session)["id"], state(session)["glimpse"]) == ("a", {"3": "b/2", "7": "c/1"})
    assert state(session)["stage"] == "building"
    session.answered(Answer(2, "part", pages("d")))
    assert (state(session)["id"], state(session)["glimpse"]) == ("d", {})


def test_nothing_is_glimpsed_of_a_workshop_that_is_gone(session: Session) -> None:
    session.changed()
    session.answered(Answer(1, "part", QuickPreview({3: ("b", 2)})))
    session.lost()
    assert state(session)["glimpse"] == {}


def test_after_an_error_the_last_good_pages_stay_and_the_problems_are_listed(session: Session) -> None:
    session.changed()
    built(session, 1, "a")
    session.changed()
    session.answered(Answer(2, "problems", (TYPO,)))
    shown = state(session)
    assert (shown["stage"], shown["id"]) == ("failed", "a")
    assert [(p["file"], p["line"], p["what"]) for p in shown["problems"]] == [
        ("data/tiny/facts.yaml", 41, "`lable` is not a key.")
    ]


def test_problems_vanish_when_they_are_mended(session: Session) -> None:
    session.changed()
    session.answered(Answer(1, "problems", (TYPO,)))
    assert state(session)["id"] == ""
    session.changed()
    built(session, 2, "b")
    assert (state(session)["stage"], state(session)["problems"]) == ("ready", [])


def test_what_was_found_before_is_pending_until_it_is_looked_at_again(session: Session) -> None:
    session.changed()
    session.answered(Answer(1, "part", pages("a")))
    session.answered(Answer(1, "part", FileFindings((WRONG,))))
    session.changed()
    session.answered(Answer(2, "part", pages("b")))
    assert [p["pending"] for p in state(session)["problems"]] == [True]
    session.answered(Answer(2, "part", FileFindings((WRONG,))))
    assert [p["pending"] for p in state(session)["problems"]] == [False]


def test_a_change_during_a_build_begins_it_anew_but_not_for_ever(session: Session, jobs: FakeJobs) -> None:
    session.changed()
    for _ in range(MOST_RESTARTS):
        session.changed()
    assert jobs.stopped == [1, 2, 3]
    session.changed()  # once more: the build goes on, and another one follows
    assert len(jobs.started) == MOST_RESTARTS + 1
    built(session, MOST_RESTARTS + 1, "a")
    assert len(jobs.started) == MOST_RESTARTS + 2


def test_a_change_while_pages_are_looked_through_stops_that(session: Session, jobs: FakeJobs) -> None:
    session.changed()
    session.answered(Answer(1, "part", pages("a")))
    session.changed()
    assert jobs.stopped == [1]
    session.answered(Answer(1, "part", FileFindings((WRONG,))))  # what it still had to say is passed over
    assert state(session)["problems"] == []
    assert state(session)["stage"] == "building"


def test_a_build_whose_process_is_gone_is_a_problem_and_the_pages_stay(session: Session) -> None:
    session.changed()
    built(session, 1, "a")
    session.changed()
    session.answered(Answer(2, "crash", CrashError("the process for build was ended by signal 9 (SIGKILL)", 9)))
    shown = state(session)
    assert (shown["stage"], shown["id"], shown["problems"][0]["code"]) == ("failed", "a", "build-gone")


def test_when_the_workshop_is_lost_what_it_was_building_is_built_again(session: Session, jobs: FakeJobs) -> None:
    session.changed()
    session.lost()
    assert jobs.started == [("build", ("screen",))] * 2


def test_overlays_are_told_only_for_the_pages_that_they_are_of(session: Session) -> None:
    session.changed()
    session.answered(Answer(1, "part", pages("a")))
    session.answered(Answer(1, "part", Contrasts({1: (TextContrast(Frame(0, 0, 1, 1), "x", 7, 4.5),)})))
    session.answered(Answer(1, "part", Inks({1: b"png"})))
    assert state(session)["overlays"] == ["contrast", "ink"]
    session.changed()
    session.answered(Answer(2, "part", pages("b")))
    assert state(session)["overlays"] == []


def test_a_second_tab_gets_the_same_and_one_on_another_variant_has_that_built(session: Session, jobs: FakeJobs) -> None:
    session.changed()
    built(session, 1, "a")
    with session.watched("screen"):
        assert len(jobs.started) == 1
    with session.watched("print"):
        assert jobs.started[-1] == ("build", ("print",))
        built(session, 2, "p")
        session.changed()
        built(session, 3, "b")
        assert jobs.started[2:] == [("build", ("screen",)), ("build", ("print",))]
    session.answered(Answer(4, "result"))
    session.changed()
    assert jobs.started[4:] == [("build", ("screen",))]


def test_a_slow_tab_hears_only_the_newest(session: Session, jobs: FakeJobs) -> None:
    async def listen() -> list[str]:
        messages = session.messages("screen")
        first = await anext(messages)
        for name in ("a", "b"):
            session.changed()
            built(session, len(jobs.started), name)
        second = await anext(messages)
        session.close()
        rest = [message async for message in messages]
        return [json.loads(message)["id"] for message in (first, second, *rest)]

    assert asyncio.run(listen()) == ["", "b"]


def test_a_picture_is_made_once_for_all_who_ask(jobs: FakeJobs) -> None:
    async def ask() -> list[bytes | None]:
        gallery = Gallery(jobs)
        asked = [asyncio.ensure_future(gallery.picture(("a", 3, "2"))) for _ in range(3)]
        await asyncio.sleep(0)
        gallery.answered(Answer(1, "part", (3, b"png")))
        gallery.answered(Answer(1, "result"))
        return [*await asyncio.gather(*asked), await gallery.picture(("a", 3, "2"))]

    assert asyncio.run(ask()) == [b"png"] * 4
    assert jobs.started == [("pictures", ("a", [3], "2"))]


def test_thumbnails_come_some_at_a_time_and_a_page_does_not_wait_for_them(jobs: FakeJobs) -> None:
    async def ask() -> list[bytes | None]:
        gallery = Gallery(jobs)
        asked = [gallery.picture(("a", page, "thumb")) for page in (1, 2, 20, 40)] + [gallery.picture(("a", 5, "1"))]
        waiting = [asyncio.ensure_future(each) for each in asked]
        await asyncio.sleep(0)
        gallery.answered(Answer(1, "result"))
        gallery.lost()
        return [*await asyncio.gather(*waiting)]

    assert asyncio.run(ask()) == [None] * 5  # not kept any more
    assert [arguments[1:] for _, arguments in jobs.started] == [
        ([*range(1, CHUNK + 1)], "thumb"), ([*range(17, 25)], "thumb"), ([5], "1"),
    ]  # fmt: skip
