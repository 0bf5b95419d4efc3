"""The time of a running desk from a save to the picture of the changed page, as a browser receives it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

TURNS = 5


def save_to_picture(
    project: Path, changed: Path, texts: Iterator[str], page: int, environment: Mapping[str, str]
) -> float:
    """Return the best time in seconds, over several saves of a file, until the picture of a page changes."""
    port = _free_port()
    command = [sys.executable, "build.py", "watch", "--no-open", "--port", str(port)]
    desk = subprocess.Popen(command, cwd=project, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_open(port)
        states = _states(port)
        state = _next(states, lambda each: each["stage"] == "ready")
        before, times = _picture(port, state, page), []
        for _ in range(TURNS):
            start = time.perf_counter()
            changed.write_text(next(texts), "utf-8")
            while (picture := _picture(port, _next(states, _has_new_picture(state, page)), page)) == before:
                pass
            times.append(time.perf_counter() - start)
            before, state = picture, _next(states, lambda each: each["stage"] == "ready")
        return min(times)
    finally:
        desk.terminate()
        desk.wait(20)


def _has_new_picture(before: Mapping[str, Any], page: int) -> Any:
    """Return a function that tells whether a state has another picture of a page."""
    return lambda each: each["id"] != before["id"] or each["glimpse"].get(str(page)) != before["glimpse"].get(str(page))


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_until_open(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The desk did not open.")


def _states(port: int) -> Iterator[dict[str, Any]]:
    """Yield the states that the desk sends to a tab."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/events")
    for line in connection.getresponse():
        if line.startswith(b"data: "):
            yield json.loads(line[6:])


def _next(states: Iterator[dict[str, Any]], matches: Any) -> dict[str, Any]:
    return next(state for state in states if matches(state))


def _picture(port: int, state: Mapping[str, Any], page: int) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    about = state["glimpse"].get(str(page), f"{state['id']}/{page}")
    connection.request("GET", f"/picture/{about}/1")
    return connection.getresponse().read()
