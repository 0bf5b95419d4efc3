"""How long builds take here, each as a ratio to a yardstick measured in the same run: see docs/speed.md.

Run with `make bench`. Every figure is the best of a few fresh processes; a goal that is missed is marked so.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
RUNS = int(os.environ.get("RUNS", "3"))
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
COPIED = ("data", "layouts", "styles", "figures", "report", "build.py", "pyproject.toml")


@dataclass(frozen=True)
class Measured:
    """The best wall time of some runs in seconds, and the largest memory of one process in megabytes."""

    seconds: float
    megabytes: float


def run(command: list[str], folder: Path, prepare: Callable[[], None] = lambda: None) -> Measured:
    """Run a command a few times in fresh processes."""
    best, most = float("inf"), 0.0
    for _ in range(RUNS):
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
        best = min(best, time.perf_counter() - start)
        most = max(most, usage.ru_maxrss / 1024)
        if os.waitstatus_to_exitcode(status):
            raise SystemExit(f"{' '.join(command)} failed")
    return Measured(best, most)


def lay_out_yardstick(folder: Path) -> None:
    """Write the document of the sample edition with all that it names to a folder."""
    import build
    from report.charts import chart_arts
    from report.checking import check
    from report.compose import compose
    from report.drawing import draw
    from report.laying_out import NO_CACHE
    from report.resources import resources
    from report.sheets import sheets
    from report.viewer import Viewer

    project = build._project()
    edition, tokens, _ = check(project, project.edition(None))
    arts, under = chart_arts(edition, tokens, project.figures), sheets(edition, tokens)
    drawn = draw(edition, arts, under, tokens, project, NO_CACHE, "")
    document = compose(Viewer(edition, arts, under, tokens.dark).report(), under, tokens, project.root)
    (folder / "styles").mkdir(parents=True)
    (folder / "document.html").write_text(document.html, "utf-8")
    for index, (_, text) in enumerate(document.styles):
        (folder / "styles" / f"{index:02}.css").write_text(text, "utf-8")
    for name, data in resources(edition, tokens, under, lambda: drawn).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data())


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as where:
        project, plain = Path(where) / "project", Path(where) / "plain"
        project.mkdir()
        for name in COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, project / name)
        lay_out_yardstick(plain)
        facts = project / "data" / "2023-24" / "facts.yaml"
        text, count = facts.read_text("utf-8"), iter(range(100))

        def cold() -> None:
            for name in ("dist", ".cache"):
                shutil.rmtree(project / name, ignore_errors=True)

        def one_number() -> None:
            facts.write_text(text.replace("value: 88400", f"value: {88401 + next(count)}"), "utf-8")

        yardstick = run([str(ROOT / "bench" / "yardstick.py"), str(plain)], project)
        rows = [("the yardstick B: the same document, once, plain", yardstick, None)]
        rows.append(("the whole build, caches cold", run(["build.py"], project, cold), 1.5))
        rows.append(("nothing changed", run(["build.py"], project), 0.1))
        rows.append(("one number in one chart changed", run(["build.py"], project, one_number), 1.2))
        rows.append(
            ("screen alone, one number changed", run(["build.py", "--only", "screen"], project, one_number), None)
        )
        rows.append(("check", run(["build.py", "check"], project), None))
        report(rows, yardstick)


def report(rows: list[tuple[str, Measured, float | None]], yardstick: Measured) -> None:
    """Print the rows with their ratios and goals."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(
        f"{platform.machine()}, {cores} cores, Python {platform.python_version()}, weasyprint {version('weasyprint')}\n"
    )
    print(f"{'':<50}{'seconds':>9}{'ratio':>8}{'goal':>7}{'MB':>7}")
    for name, found, goal in rows:
        ratio = found.seconds / yardstick.seconds
        told = "" if goal is None else f"{goal:g}" + ("" if ratio <= goal else " missed")
        print(f"{name:<50}{found.seconds:>9.2f}{ratio:>8.2f}{told:>11}{found.megabytes:>7.0f}")
    memory = max(found.megabytes for _, found, _ in rows[1:]) / yardstick.megabytes
    print(
        f"\nlargest process: {memory:.2f} times the yardstick's memory (goal 1.5{'' if memory <= 1.5 else ', missed'})"
    )


if __name__ == "__main__":
    main()
