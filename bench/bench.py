"""Benchmark of builds, each as a ratio to a yardstick measured in the same run (see docs/speed.md).

Run with `make bench`. Each figure is the best of several fresh processes. Missed goals are marked.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from desk import save_to_picture  # noqa: E402 (beside this file)
from growth import SIZES, pages_of, write_edition  # noqa: E402

Row = tuple[str, "Measured", float | None]
RUNS = int(os.environ.get("RUNS", "3"))
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
CHART_VALUE, CHART_PAGE = 220874, 13  # a fact of the sample that is in a chart, and the page of the chart
EDITIONS = 20
COPIED = ("data", "layouts", "styles", "figures", "report", "build.py", "pyproject.toml")


@dataclass(frozen=True)
class Measured:
    """The best wall time of some runs in seconds, and the largest memory of one process in megabytes."""

    seconds: float
    megabytes: float


def run(
    command: list[str],
    folder: Path,
    prepare: Callable[[], None] = lambda: None,
    turns: int = RUNS,
    expected: tuple[int, ...] = (0,),
) -> Measured:
    """Run a command several times in fresh processes. `expected` are its valid exit statuses."""
    seconds, megabytes = float("inf"), 0.0
    for _ in range(turns):
        prepare()
        start = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
        )
        _, status, usage = os.wait4(child.pid, 0)
        seconds = min(seconds, time.perf_counter() - start)
        megabytes = max(megabytes, usage.ru_maxrss / 1024)
        if os.waitstatus_to_exitcode(status) not in expected:
            raise SystemExit(f"{' '.join(command)} failed")
    return Measured(seconds, megabytes)


def lay_out_yardstick(folder: Path) -> None:
    """Write the document of the sample edition and all its resources to a folder."""
    import build
    from report.cache.store import NO_CACHE
    from report.checks.run import check
    from report.compose.resources import resources
    from report.compose.run import compose
    from report.compose.viewer import Viewer
    from report.drawing.charts import chart_arts
    from report.drawing.run import draw
    from report.drawing.sheets import sheets

    project = build.whole_project()
    edition, tokens, _ = check(project, project.edition(None))
    charts, artworks = chart_arts(edition, tokens, project.figures), sheets(edition, tokens)
    drawings = draw(edition, charts, artworks, tokens, project, NO_CACHE, "")
    document = compose(Viewer(edition, charts, artworks, tokens.dark).report(), artworks, tokens, project.search)
    (folder / "styles").mkdir(parents=True)
    (folder / "document.html").write_text(document.html, "utf-8")
    for index, (_, text) in enumerate(document.styles):
        (folder / "styles" / f"{index:02}.css").write_text(text, "utf-8")
    for name, data in resources(edition, tokens, artworks, lambda: drawings).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data())


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        project, plain = Path(folder) / "project", Path(folder) / "plain"
        project.mkdir()
        for name in COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, project / name)
        lay_out_yardstick(plain)
        facts = project / "data" / "2023-24" / "facts.yaml"
        texts = changed_texts(facts.read_text("utf-8"))

        def cold() -> None:
            for name in ("dist", ".cache"):
                shutil.rmtree(project / name, ignore_errors=True)

        def one_number() -> None:
            facts.write_text(next(texts), "utf-8")

        yardstick = run([str(ROOT / "bench" / "yardstick.py"), str(plain)], project)
        rows: list[Row] = [
            ("yardstick B: the same document written once, plain", yardstick, None),
            ("whole build, cold caches", run(["build.py"], project, cold), 1.5),
            ("nothing changed", run(["build.py"], project), 0.1),
            ("one number in one chart changed, whole set", run(["build.py"], project, one_number), 1.2),
            ("the same, screen only", run(["build.py", "--only", "screen"], project, one_number), None),
            ("check", run(["build.py", "check"], project), None),
        ]
        seconds = save_to_picture(project, facts, texts, CHART_PAGE, ENVIRONMENT)
        rows.append(("running desk, from save to picture", Measured(seconds, 0), 0.35))
        report(rows, yardstick)
        report_diff(project, facts, texts)
        report_growth(project, yardstick)
        report_several(project)


def changed_texts(text: str) -> Iterator[str]:
    """Yield the text of facts.yaml, each time with another number in one chart."""
    assert text.count(f"value: {CHART_VALUE}") == 1
    return (text.replace(f"value: {CHART_VALUE}", f"value: {CHART_VALUE + n}") for n in count(1))


def report(rows: list[Row], yardstick: Measured) -> None:
    """Print the rows with their ratios and goals."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(
        f"{platform.machine()}, {cores} cores, Python {platform.python_version()}, WeasyPrint {version('weasyprint')}"
    )
    print(f"\n{'':<50}{'seconds':>9}{'ratio':>8}{'goal':>11}{'MB':>7}")
    for name, measured, goal in rows:
        ratio = measured.seconds / yardstick.seconds
        shown_goal = "" if goal is None else f"{goal:g}" + ("" if ratio <= goal else " missed")
        memory = f"{measured.megabytes:.0f}" if measured.megabytes else ""
        print(f"{name:<50}{measured.seconds:>9.2f}{ratio:>8.2f}{shown_goal:>11}{memory:>7}")
    memory_ratio = max(measured.megabytes for _, measured, _ in rows[1:]) / yardstick.megabytes
    missed = "" if memory_ratio <= 1.5 else ", missed"
    print(f"\nlargest process: {memory_ratio:.2f} times the yardstick's memory (goal 1.5{missed})")


def report_diff(project: Path, facts: Path, texts: Iterator[str]) -> None:
    """Print how long `diff` takes for two builds of all variants."""
    shutil.copytree(project / "dist" / "2023-24", project / "before")
    facts.write_text(next(texts), "utf-8")
    run(["build.py"], project, turns=1)
    measured = run(["build.py", "diff", "before", "dist/2023-24"], project, expected=(1,))
    missed = "" if measured.seconds <= 10 else ", missed"
    print(f"\ndiff of two builds, all variants: {measured.seconds:.1f} s (goal 10 s{missed})")


def report_growth(project: Path, yardstick: Measured) -> None:
    """Print how the time of a whole build grows with the number of pages."""
    print(f"\n{'pages, whole build':<50}{'seconds':>9}{'ratio':>8}{'':>11}{'MB':>7}")
    seconds: dict[int, float] = {}
    for size in SIZES:
        name = write_edition(project, size)
        measured = run(["build.py", name, "--no-cache"], project, turns=1)
        pages, ratio = pages_of(project, name), measured.seconds / yardstick.seconds
        seconds[pages] = measured.seconds
        print(f"{pages:<50}{measured.seconds:>9.2f}{ratio:>8.2f}{'':>11}{measured.megabytes:>7.0f}")
    (least, first), *_, (middle, second), (most, third) = seconds.items()
    begin, end = (second - first) / (middle - least), (third - second) / (most - middle)
    print(f"each further page: {begin * 1000:.0f} ms up to {middle} pages, {end * 1000:.0f} ms from there to {most}")


def report_several(project: Path) -> None:
    """Print how long many editions take in one call, compared with one call each."""
    names = [write_edition(project, SIZES[1], number) for number in range(1, EDITIONS + 1)]
    one = run(["build.py", names[0], "--no-cache"], project, turns=1)
    few, many = (run(["build.py", *names[:number], "--no-cache"], project, turns=1) for number in (2, EDITIONS))
    share = many.seconds / (EDITIONS * one.seconds)
    print(f"\n{EDITIONS} editions of {SIZES[1]} pages in one call: {many.seconds:.1f} s, {share:.2f} of separate calls")
    print(f"the largest process has {many.megabytes:.0f} MB; with two editions, {few.megabytes:.0f} MB")


if __name__ == "__main__":
    main()
