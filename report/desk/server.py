"""The desk's server: a handful of addresses on the loopback interface, all of them answered from memory.

In: a project's jobs, and where to listen. Out: pages in a browser, until Ctrl-C. No request reaches the disk: the
desk's own page is read once, and everything else is what builds have made.
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
from report.desk.session import Session
from report.desk.watching import changes
from report.problems import Place, ReportError, error
from report.processes.server import JobFunction, JobServer

WEB = Path(__file__).with_name("web")
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}  # fmt: skip
USUAL_PORT = 8417
_ID = re.compile(r"[0-9a-f]{16}")
_FRESH, _KEPT = {"cache-control": "no-cache"}, {"cache-control": "private, max-age=86400, immutable"}


@dataclass(frozen=True, slots=True)
class Desk:
    """What a desk is made of: jobs (`build`, `pictures`), what to warm up, folders to watch, variants, and `about`."""

    jobs: Mapping[str, JobFunction]
    warm: Callable[[], object]
    folders: Sequence[Path]
    variants: Sequence[str]
    about: Mapping[str, Any]
    opened: Callable[[str], object] = field(default=lambda url: None)


class _RunningDesk:
    """A running desk: the job server, the session and the gallery, tied together in one event loop."""

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

    # the job server as session and gallery know it: another one takes its place when it is gone

    def start(self, job: str, *arguments: Any) -> int:
        return self.job_server.start(job, *arguments)

    def stop(self, number: int) -> None:
        self.job_server.stop(number)

    def listen(self) -> None:
        asyncio.get_running_loop().add_reader(self.job_server.connection.fileno(), self._heard)

    def _heard(self) -> None:
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


def app(room: _RunningDesk, port: int, url: str) -> ASGIApp:
    """Return the desk as an application."""
    files = {path.name: path.read_bytes() for path in WEB.iterdir() if path.suffix in TYPES and not path.is_symlink()}

    def file(name: str) -> Callable[[Request], Response]:
        return lambda _: Response(files[name], media_type=TYPES[Path(name).suffix], headers=_FRESH)

    async def events(request: Request) -> Response:
        variant = request.path_params.get("variant", room.desk.variants[0])
        if variant not in room.session.shown:
            return _none()

        async def stream() -> AsyncIterator[str]:
            async for message in room.session.messages(variant):
                yield f"data: {message}\n\n" if message else ": still here\n\n"

        return StreamingResponse(stream(), media_type="text/event-stream", headers={"cache-control": "no-store"})

    async def pages(request: Request) -> Response:
        shown = room.session.shown.get(request.path_params["variant"])
        if shown is None or shown.id != request.path_params["id"]:
            return _none()
        return Response(shown.pages, media_type="application/json", headers=_KEPT)

    async def contrast(request: Request) -> Response:
        shown = room.session.shown.get(request.path_params["variant"])
        if shown is None or shown.overlays_of.get("contrast") != request.path_params["id"]:
            return _none()
        return Response(shown.contrasts, media_type="application/json", headers=_KEPT)

    async def ink(request: Request) -> Response:
        shown, page = room.session.shown.get(request.path_params["variant"]), request.path_params["page"]
        if shown is None or shown.overlays_of.get("ink") != request.path_params["id"] or page not in shown.inks:
            return _none()
        return Response(shown.inks[page], media_type="image/png", headers=_KEPT)

    async def picture(request: Request) -> Response:
        name, page, scale = (request.path_params[key] for key in ("id", "page", "scale"))
        if not _ID.fullmatch(name) or scale not in SCALES or not 0 < page < 10_000:
            return _none()
        data = await room.gallery.picture((name, page, scale))
        return Response(data, media_type="image/png", headers=_KEPT) if data else _none()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        room.listen()
        room.session.changed()
        watching = asyncio.create_task(room.watch())
        room.desk.opened(url)
        try:
            yield
        finally:
            room.close()
            await watching

    routes = [
        Route("/", file("index.html")),
        *(Route(f"/{name}", file(name)) for name in files if name != "index.html"),
        Route("/events", events),
        Route("/events/{variant}", events),
        Route("/pages/{variant}/{id}", pages),
        Route("/contrast/{variant}/{id}", contrast),
        Route("/ink/{variant}/{id}/{page:int}", ink),
        Route("/picture/{id}/{page:int}/{scale}", picture),
    ]
    made = Starlette(routes=routes, lifespan=lifespan, middleware=[Middleware(RequestGuard, port=port)])
    made.router.redirect_slashes = False
    return made


def _none() -> Response:
    return PlainTextResponse("There is no such page.", 404)


class _DeskServer(uvicorn.Server):
    """Lets the tabs go first when it is asked to end, so that it need not wait for their streams."""

    def __init__(self, config: uvicorn.Config, room: _RunningDesk) -> None:
        super().__init__(config)
        self.room = room

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.room.close()
        await super().shutdown(sockets)


def serve(desk: Desk, port: int | None) -> None:
    """Serve a desk until Ctrl-C. Raises ReportError if the port that was asked for is taken."""
    listening = _listening(port)
    number = listening.getsockname()[1]
    url = f"http://{LOOPBACK}:{number}/"
    room = _RunningDesk(desk)
    try:
        config = uvicorn.Config(
            app(room, number, url), log_level="critical", access_log=False, server_header=False, lifespan="on",
            ws="none", timeout_graceful_shutdown=1, h11_max_incomplete_event_size=16_384,
        )  # fmt: skip
        _DeskServer(config, room).run(sockets=[listening])
    except KeyboardInterrupt:  # the usual way to end
        pass
    finally:
        room.job_server.close()
        listening.close()


def _listening(port: int | None) -> socket.socket:
    """Return a listening socket: on the port asked for; else on the usual one, or any that is free."""
    for number in (port,) if port is not None else (USUAL_PORT, 0):
        found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((LOOPBACK, number))
        except OSError as failure:
            found.close()
            if port is not None:
                what = f"The port {port} can't be used: {failure.strerror}."
                raise ReportError([error("port", Place("--port"), what, "Choose another, or leave it out.")]) from None
            continue
        return found
    raise ReportError([error("port", Place(), "No port of this machine is free.", "Close another program.")])
