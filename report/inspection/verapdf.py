"""veraPDF, an independent validator: does a file conform to the standards it claims?

In: a file's bytes and the names of standards. Out: `Validation`s, or a ReportError that says how to install veraPDF or
why it gave no verdict. veraPDF runs in temporary folders, without network access.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from report.problems import Place, Problem, ReportError, error

JAR = "greenfield-apps-1.28.2.jar"
MAIN = "org.verapdf.apps.GreenfieldCliWrapper"  # the jar's own main class opens a window
FLAVOURS: Mapping[str, tuple[str, str]] = {"PDF/UA-1": ("ua1", "PDF/UA-1"), "PDF/A-3a": ("3a", "PDF/A-3A")}
HOW = "Run `make validator` (it needs Java and Maven), or install the jar yourself; see docs/setup.md."
_JVM = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xmx1g", "-Djava.awt.headless=true")
_SHOWN = 5  # places shown for each failed rule; the count is always complete


@dataclass(frozen=True, slots=True)
class FailedRule:
    """A rule that the file breaks: its clause, its text, the number of failures and the first places."""

    clause: str
    description: str
    count: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Validation:
    """veraPDF's verdict on a file for one standard."""

    standard: str
    passed: bool
    validator: str
    failed: tuple[FailedRule, ...]


def find_jar() -> Path | None:
    """Return the path of veraPDF's jar, from VERAPDF_JAR or the running Python's prefix; None if there is none."""
    variable = os.environ.get("VERAPDF_JAR")
    path = Path(variable) if variable else Path(sys.prefix) / "share" / "verapdf" / JAR
    return path if path.is_file() else None


def installed() -> bool:
    """Tell whether veraPDF and Java are installed."""
    return find_jar() is not None and shutil.which("java") is not None


def validate(data: bytes, name: str, standards: Sequence[str], timeout: float = 300) -> tuple[Validation, ...]:
    """Return a verdict for each standard, in order. Raises ReportError if veraPDF is missing or gives no verdict."""
    jar, java = find_jar(), shutil.which("java")
    if jar is None or java is None:
        what = "veraPDF is not installed." if jar is None else "veraPDF needs Java, which is not installed."
        raise ReportError([error("no-validator", Place(name), what, HOW)])
    with tempfile.TemporaryDirectory(prefix="verapdf-") as folder:
        path = Path(folder) / "file.pdf"
        path.write_bytes(data)
        with ThreadPoolExecutor(len(standards) or 1) as pool:
            return tuple(pool.map(lambda standard: _run(java, jar, path, name, standard, timeout), standards))


def broken_rules(verdict: Validation, name: str) -> Iterator[Problem]:
    """Yield a problem for each rule that the file breaks."""
    for rule in verdict.failed:
        times = f"{rule.count} failure{'s' if rule.count != 1 else ''}"
        what = f"{verdict.validator} reports {times} of {rule.clause}: {rule.description}"
        hint = f"First place: {rule.places[0][:200]}" if rule.places else ""
        yield error("standard", Place(name), what, hint)


def _run(java: str, jar: Path, path: Path, name: str, standard: str, timeout: float) -> Validation:
    environment = {key: value for key, value in os.environ.items() if key != "APPDATA"} | {"LC_ALL": "C.UTF-8"}
    with tempfile.TemporaryDirectory(
        prefix="home-", dir=path.parent
    ) as home:  # veraPDF writes settings and a log on every run
        folders = (f"-Duser.home={home}", f"-Djava.io.tmpdir={home}")
        options = ("-f", FLAVOURS[standard][0], "--format", "json", "--maxfailuresdisplayed", str(_SHOWN))
        command = [java, *_JVM, *folders, "-cp", str(jar), MAIN, *options, str(path)]
        try:
            done = subprocess.run(
                command, capture_output=True, encoding="utf-8", env=environment, timeout=timeout, check=False
            )
        except subprocess.TimeoutExpired:
            raise _no_verdict(name, standard, f"it ran for more than {timeout:g} s") from None
        except OSError as failure:
            raise _no_verdict(name, standard, f"Java did not start: {failure.strerror}") from None
    try:
        return _verdict(done, name, standard)
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration):  # the output is not a veraPDF report
        lines = done.stderr.splitlines() or ["its output is not a report"]
        raise _no_verdict(name, standard, next((x for x in lines if x.startswith("SEVERE")), lines[-1])) from None


def _verdict(done: subprocess.CompletedProcess[str], name: str, standard: str) -> Validation:
    """Read a report. Raises ReportError if it contains no verdict, and other errors if it is not a report."""
    report = json.loads(done.stdout)["report"]
    (job,) = report["jobs"]
    results = job.get("validationResult", [])
    if done.returncode not in {0, 1} or len(results) != 1 or results[0]["jobEndStatus"] != "normal":
        reason = job.get("taskException", {}).get("exceptionMessage", f"exit status {done.returncode}")
        raise _no_verdict(name, standard, reason)
    (result,) = results
    if not result["profileName"].startswith(FLAVOURS[standard][1]):
        raise _no_verdict(name, standard, f"it validated against {result['profileName']} instead")
    details = report["buildInformation"]["releaseDetails"]
    version = next(each["version"] for each in details if each["id"] == "core")
    failed = tuple(sorted(map(_rule, result["details"]["ruleSummaries"]), key=lambda rule: rule.clause))
    return Validation(standard, result["compliant"] is True, f"veraPDF {version}", failed)


def _rule(rule: Mapping[str, Any]) -> FailedRule:
    places = tuple(f"{each['context']}: {each['errorMessage']}" for each in rule["checks"])
    clause = f"{rule['specification']}, {rule['clause']} (test {rule['testNumber']})"
    return FailedRule(clause, " ".join(rule["description"].split()), int(rule["failedChecks"]), places)


def _no_verdict(name: str, standard: str, reason: str) -> ReportError:
    what = f"veraPDF gave no verdict on {standard}: {' '.join(reason.split())[:200].rstrip('.')}."
    return ReportError([error("no-verdict", Place(name), what, "Check that the file opens in a PDF viewer.")])
