"""Access to the desk: GET requests from its own page for plain paths; everything else is refused."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from test_desk_session import FakeJobs, built

from report.desk import server
from report.desk.guard import HEADERS
from report.desk.server import Desk, app
from report.desk.session import Session

PORT = 8417
OWN = {"host": f"127.0.0.1:{PORT}"}


class FakeDesk:
    """A running desk without a job server, with one preview."""

    def __init__(self) -> None:
        self.desk = Desk({}, lambda: None, (), ("screen", "print"), {})
        self.session = Session(FakeJobs(), ("screen", "print"), {})
        self.session.changed()
        built(self.session, 1, "0123456789abcdef")


def ask(path: str, headers: dict[str, str] | None = None, method: str = "GET", kind: str = "http") -> tuple[int, Any]:
    """Send a request to the application. Returns the status, and the headers and body; or the websocket messages."""
    sent: list[dict[str, Any]] = []
    given = [(name.encode(), value.encode()) for name, value in (OWN if headers is None else headers).items()]
    scope = {"type": kind, "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
             "headers": given, "http_version": "1.1", "scheme": "http", "root_path": ""}  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(FakeDesk(), PORT, "")(scope, receive, send))  # type: ignore[arg-type]
    if kind == "websocket":
        return 0, sent
    answer = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], {**answer, "body": b"".join(each.get("body", b"") for each in sent[1:])}


@pytest.mark.parametrize("path", ["/", "/desk.css", "/desk.js", "/pages/screen/0123456789abcdef"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_requests_from_its_own_page_are_answered(path: str, host: str) -> None:
    own = {"host": f"{host}:{PORT}", "origin": f"http://{host}:{PORT}", "sec-fetch-site": "same-origin"}
    assert ask(path, own)[0] == 200


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "127.0.0.1", f"127.0.0.1:{PORT + 1}", f"127.0.0.1.evil.example:{PORT}", f"[::1]:{PORT}",
     f"evil.example:{PORT}", f"localhost.:{PORT}", f"user@127.0.0.1:{PORT}", f"0.0.0.0:{PORT}"],
)  # fmt: skip
def test_other_hosts_are_refused(host: str) -> None:
    assert ask("/", {"host": host})[0] == 403


def test_a_request_without_a_host_is_refused() -> None:
    assert ask("/", {})[0] == 403


@pytest.mark.parametrize(
    "origin",
    ["null", "http://evil.example", f"https://127.0.0.1:{PORT}", "http://127.0.0.1", f"http://127.0.0.1:{PORT + 1}",
     f"http://localhost:{PORT}.evil.example", "file://"],
)  # fmt: skip
def test_other_origins_are_refused(origin: str) -> None:
    assert ask("/", {**OWN, "origin": origin})[0] == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "unheard-of"])
def test_requests_caused_by_other_sites_are_refused_even_without_an_origin(site: str) -> None:
    assert ask("/pages/screen/0123456789abcdef", {**OWN, "sec-fetch-site": site})[0] == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT", "get"])
def test_other_methods_are_refused(method: str) -> None:
    status, answer = ask("/", method=method)
    assert (status, answer["allow"]) == (405, "GET")


@pytest.mark.parametrize(
    "path",
    ["/../etc/passwd", "/desk.css/../../server.py", "/%2e%2e/etc/passwd", "/..%2fserver.py", "/.%2e/x", "/server.py",
     "//desk.css", "/desk.css/", "/web/desk.css", "/data/tiny/facts.yaml", "/dist", "/.git/config", "/desk.css%00",
     "/pages/screen/../screen/0123456789abcdef", "/pages/poster/0123456789abcdef", "/pages/screen/ffffffffffffffff",
     "/picture/0123456789abcdeg/1/1", "/picture/0123456789abcdef/0/1", "/picture/0123456789abcdef/1/9",
     "/picture/0123456789abcdef/99999/1", "/picture/0123456789abcdef/x/1", "/ink/screen/0123456789abcdef/1",
     "/contrast/screen/0123456789abcdef", "/events/poster", "/\\etc", "http://evil.example/"],
)  # fmt: skip
def test_other_paths_are_refused(path: str) -> None:
    assert ask(path)[0] == 404


def test_a_websocket_is_refused() -> None:
    assert ask("/", kind="websocket")[1] == [{"type": "websocket.close", "code": 1008}]


def test_refusals_have_the_security_headers_too() -> None:
    for path, headers in (("/", OWN), ("/nothing", OWN), ("/", {"host": "evil.example"})):
        answer = ask(path, headers)[1]
        assert HEADERS.items() <= answer.items()
    assert "'unsafe" not in HEADERS["content-security-policy"]


def test_a_symlink_among_the_desks_own_files_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("secret")
    web = tmp_path / "web"
    web.mkdir()
    for path in server.WEB.iterdir():
        (web / path.name).write_bytes(path.read_bytes())
    (web / "linked.css").symlink_to(secret)
    monkeypatch.setattr(server, "WEB", web)
    assert ask("/desk.css")[0] == 200
    assert ask("/linked.css")[0] == 404


def test_the_page_loads_nothing_from_elsewhere() -> None:
    for path in server.WEB.iterdir():
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http:" not in text and "https:" not in text and "//cdn" not in text, path.name
        assert "innerHTML" not in text and "eval(" not in text, path.name
