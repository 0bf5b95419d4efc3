"""The desk's web server: a few routes on the loopback interface, all answered from memory.

In: a project's jobs, and a port. Out: pages in a browser, until Ctrl-C. No request reads the disk: the desk's own files
are read once at startup, and everything else comes from builds.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from report.desk.gallery import Gallery
from report.desk.guard import LOOPBACK, RequestGuard
from report.desk.pictures import SCALES
from report.desk.session import Session, VariantView
from report.desk.watching import changes
from report.problems import Place, ReportError, error
from report.processes.server import JobFunction, JobServer

WEB = Path(__file__).with_name("web")
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}  # fmt: skip
DEFAULT_PORT = 8417
_ID = re.compile(r"[0-9a-f]{16}")
_REVALIDATE, _CACHE = {"cache-control": "no-cache"}, {"cache-control": "private, max-age=86400, immutable"}


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts of a desk: jobs (`build`, `pictures`), a warm-up function, folders to watch, variants, and `about`."""

    jobs: Mapping[str, JobFunction]
    warm: Callable[[], object]
    folders: Sequence[Path]
    variants: Sequence[str]
    about: Mapping[str, Any]
    opened: Callable[[str], object] = field(default=lambda url: None)


class _RunningDesk:
    """A running desk: the job server, the session and the gallery in one event loop."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.job_server = self._new_server()
        self.session = Session(self, desk.variants, desk.about)
        self.gallery = Gallery(self)
        self.stop_watching = anyio.Event()

    def _new_server(self) -> JobServer:
        server = JobServer(self.desk.jobs, self.desk.warm)
        server.warm_up()
        return server

    # the JobRunner of the session and the gallery; a job server that ended is replaced

    def start(self, job: str, *arguments: Any) -> int:
        return self.job_server.start(job, *arguments)

    def stop(self, number: int) -> None:
        self.job_server.stop(number)

    def listen(self) -> None:
        asyncio.get_running_loop().add_reader(self.job_server.connection.fileno(), self._receive)

    def _receive(self) -> None:
        try:
            answer = self.job_server.receive()
        except (EOFError, OSError):
            self._replace()
            return
        if not self.gallery.answered(answer):
            self.session.answered(answer)

    def _replace(self) -> None:
        asyncio.get_running_loop().remove_reader(self.job_server.connection.fileno())
        self.job_server.close()
        if self.session.closing:
            return
        self.job_server = self._new_server()
        self.listen()
        self.gallery.lost()
        self.session.lost()

    async def watch(self) -> None:
        async for _ in changes(self.desk.folders, self.stop_watching):
            self.session.changed()

    def close(self) -> None:
        self.session.close()
        self.stop_watching.set()


class _Responses:
    """The answers to requests, from the state of the desk."""

    def __init__(self, runtime: _RunningDesk) -> None:
        self.runtime, self.session = runtime, runtime.session
        found = (path for path in WEB.iterdir() if path.suffix in TYPES and not path.is_symlink())
        self.files = {path.name: path.read_bytes() for path in found}

    def routes(self) -> list[Route]:
        return [
            Route("/", self.file("index.html")),
            *(Route(f"/{name}", self.file(name)) for name in self.files if name != "index.html"),
            Route("/events", self.events),
            Route("/events/{variant}", self.events),
            Route("/pages/{variant}/{id}", self.pages),
            Route("/contrast/{variant}/{id}", self.contrast),
            Route("/ink/{variant}/{id}/{page:int}", self.ink),
            Route("/picture/{id}/{page:int}/{scale}", self.picture),
        ]

    def file(self, name: str) -> Callable[[Request], Response]:
        return lambda _: Response(self.files[name], media_type=TYPES[Path(name).suffix], headers=_REVALIDATE)

    async def events(self, request: Request) -> Response:
        variant = request.path_params.get("variant", self.runtime.desk.variants[0])
        if variant not in self.session.shown:
            return _not_found()

        async def stream() -> AsyncIterator[str]:
            async for message in self.session.messages(variant):
                yield f"data: {message}\n\n" if message else ": keep-alive\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream", headers={"cache-control": "no-store"})

    async def pages(self, request: Request) -> Response:
        shown = self.session.shown.get(request.path_params["variant"])
        if shown is None or shown.id != request.path_params["id"]:
            return _not_found()
        return Response(shown.pages, media_type="application/json", headers=_CACHE)

    async def contrast(self, request: Request) -> Response:
        if (shown := self._overlay("contrast", request)) is None:
            return _not_found()
        return Response(shown.contrasts, media_type="application/json", headers=_CACHE)

    async def ink(self, request: Request) -> Response:
        shown, page = self._overlay("ink", request), request.path_params["page"]
        if shown is None or page not in shown.inks:
            return _not_found()
        return Response(shown.inks[page], media_type="image/png", headers=_CACHE)

    def _overlay(self, name: str, request: Request) -> VariantView | None:
        """Return the variant of a request if it still has the overlay of the preview that was asked for."""
        shown = self.session.shown.get(request.path_params["variant"])
        return shown if shown and shown.overlays_of.get(name) == request.path_params["id"] else None

    async def picture(self, request: Request) -> Response:
        name, page, scale = (request.path_params[key] for key in ("id", "page", "scale"))
        if not _ID.fullmatch(name) or scale not in SCALES or not 0 < page < 10_000:
            return _not_found()
        data = await self.runtime.gallery.picture((name, page, scale))
        return Response(data, media_type="image/png", headers=_CACHE) if data else _not_found()


def app(runtime: _RunningDesk, port: int, url: str) -> ASGIApp:
    """Return the desk as an ASGI application."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        runtime.listen()
        runtime.session.changed()
        watching = asyncio.create_task(runtime.watch())
        runtime.desk.opened(url)
        try:
            yield
        finally:
            runtime.close()
            await watching

    guard = Middleware(RequestGuard, port=port)
    application = Starlette(routes=_Responses(runtime).routes(), lifespan=lifespan, middleware=[guard])
    application.router.redirect_slashes = False
    return application


def _not_found() -> Response:
    return PlainTextResponse("Page not found.", 404)


class _DeskServer(uvicorn.Server):
    """Closes the event streams of all tabs before it shuts down, so that it does not wait for them."""

    def __init__(self, config: uvicorn.Config, runtime: _RunningDesk) -> None:
        super().__init__(config)
        self.runtime = runtime

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.runtime.close()
        await super().shutdown(sockets)


def serve(desk: Desk, port: int | None) -> None:
    """Serve a desk until Ctrl-C. Raises ReportError if the requested port is not available."""
    listening = _listening(port)
    number = listening.getsockname()[1]
    url = f"http://{LOOPBACK}:{number}/"
    runtime = _RunningDesk(desk)
    try:
        config = uvicorn.Config(
            app(runtime, number, url), log_level="critical", access_log=False, server_header=False, lifespan="on",
            ws="none", timeout_graceful_shutdown=1, h11_max_incomplete_event_size=16_384,
        )  # fmt: skip
        _DeskServer(config, runtime).run(sockets=[listening])
    except KeyboardInterrupt:  # the normal way to stop
        pass
    finally:
        runtime.job_server.close()
        listening.close()


def _listening(port: int | None) -> socket.socket:
    """Return a bound socket: on the requested port; without one, on the default port or any free port."""
    for number in (port,) if port is not None else (DEFAULT_PORT, 0):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, number))
        except OSError as failure:
            listener.close()
            if port is not None:
                what = f"Port {port} is not available: {failure.strerror}."
                raise ReportError(
                    [error("port", Place("--port"), what, "Choose another port, or omit the option.")]
                ) from None
            continue
        return listener
    raise ReportError([error("port", Place(), "This machine has no free port.", "Close another program.")])
