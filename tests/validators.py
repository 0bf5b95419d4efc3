"""A veraPDF for tests: a `java` on the PATH that prints what a test wants, so that any report can be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

RULE = {
    "specification": "ISO 14289-1:2014", "clause": "7.2", "testNumber": 33, "failedChecks": 7,
    "description": "Natural language\n  shall be determined",
    "checks": [{"context": "root/document[0]/metadata[0]", "errorMessage": "It cannot be determined"}],
}  # fmt: skip


def said(*rules: dict[str, Any], profile: str = "PDF/UA-1 validation profile", **more: Any) -> dict[str, Any]:
    """Return a report as veraPDF 1.28 writes it, with the rules that are broken."""
    result = {
        "details": {"failedRules": len(rules), "ruleSummaries": list(rules)},
        "jobEndStatus": "normal",
        "profileName": profile,
        "compliant": not rules,
        **more,
    }
    return reported({"itemDetails": {"name": "file.pdf"}, "validationResult": [result]})


def reported(*jobs: dict[str, Any]) -> dict[str, Any]:
    """Return a report with these jobs."""
    details = [{"id": "gui", "version": "9"}, {"id": "core", "version": "1.28.2"}]
    return {"report": {"buildInformation": {"releaseDetails": details}, "jobs": list(jobs)}}


class FakeJava:
    """Puts a `java` in place that answers as it is told, and notes how it was called."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch = folder, patch
        self.jar = folder / "verapdf.jar"
        self.calls = folder / "calls"
        self.jar.write_bytes(b"")
        patch.setenv("VERAPDF_JAR", str(self.jar))
        patch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def answers(self, output: dict[str, Any] | str, status: int = 0, error: str = "", more: str = "") -> None:
        text = output if isinstance(output, str) else json.dumps(output)
        (self.folder / "out").write_text(text, "utf-8")
        (self.folder / "err").write_text(error, "utf-8")
        here = self.folder
        lines = [f"cat '{here}/out'", f"cat '{here}/err' >&2", f"exit {status}"]
        note = f"""told=$(for each; do echo "$each"; done); echo "$told" >> '{self.calls}'"""  # at once: two may write
        self.runs("\n".join([note, more, *lines]))

    def runs(self, script: str) -> None:
        path = self.folder / "java"
        path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        path.chmod(0o755)

    @property
    def arguments(self) -> list[str]:
        return self.calls.read_text("utf-8").splitlines()
