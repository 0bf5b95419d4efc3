"""Access control: only GET requests from the desk's own page, to its own address, for plain paths.

In: any request. Out: the request passed on, or a refusal. A browser lets any website send requests to this machine, so
Host, Origin and Sec-Fetch-Site are checked.
"""

from __future__ import annotations

import re

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PLAIN_PATH = re.compile(rb"/(?:[A-Za-z0-9_-]+(?:\.[a-z0-9]+)?(?:/[A-Za-z0-9_-]+(?:\.[a-z0-9]+)?)*)?")
_ALLOWED_SITES = frozenset({"", "none", "same-origin"})  # values of Sec-Fetch-Site
LOOPBACK = "127.0.0.1"
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class RequestGuard:
    """Middleware that refuses requests not meant for the desk on this port."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self.app = app
        self.hosts = {f"{name}:{port}" for name in (LOOPBACK, "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer with 403, 404 or 405."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *own]
            await send(message)

        if scope["type"] != "http":  # websockets are not used
            await send({"type": "websocket.close", "code": 1008})
            return
        refusal = self._refusal(scope)
        await (refusal or self.app)(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        origins = headers.get("origin", [])
        if len(headers.get("host", [])) != 1 or headers["host"][0] not in self.hosts:
            return PlainTextResponse("The desk is available only at 127.0.0.1 and localhost.", 403)
        if any(origin.removeprefix("http://") not in self.hosts for origin in origins):
            return PlainTextResponse("The desk accepts requests only from its own page.", 403)
        if any(site not in _ALLOWED_SITES for site in headers.get("sec-fetch-site", [])):
            return PlainTextResponse("The desk accepts requests only from its own page.", 403)
        if scope["method"] != "GET":
            return PlainTextResponse("The desk is read-only.", 405, {"allow": "GET"})
        if not _PLAIN_PATH.fullmatch(scope["raw_path"]):
            return PlainTextResponse("Page not found.", 404)
        return None
