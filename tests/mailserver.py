"""A real SMTP server on the loopback, in its own process, that can be told to fail at each step of the protocol.

Run as a program, it listens on three ports (plain, STARTTLS, TLS) and prints them. It reads its plan from a file before
each connection: with `{"id": "x", "faults": [{"step": "RCPT", "at": 2, "do": "450"}]}`, the second RCPT since the plan
changed gets the reply 450. Each accepted message is appended to a file of JSON lines, named after the plan.

Steps: connect, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, message (during transmission), dot (message not accepted), taken
(message accepted, reply lost), QUIT. Actions: a reply code; "drop" (close the connection); "reset" (abort it); "delay";
"junk" and "long" (malformed replies).
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import os
import socket
import ssl
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

USER, PASSWORD = "board", "correct horse"
LOOPBACK = "127.0.0.1"
REPLIES = {
    "421": "421 4.3.2 Closing",
    "450": "450 4.2.1 Try later",
    "451": "451 4.3.0 Local error",
    "454": "454 4.7.0 Not now",
    "500": "500 5.5.2 What?",
    "535": "535 5.7.8 Wrong login",
    "550": "550 5.1.1 No such person",
    "552": "552 5.3.4 Too big",
    "554": "554 5.7.1 Not wanted",
    "escape": "550 \x1b[2Jnobody \x07here",
    "junk": "one moment please",
    "long": "250 " + "x" * 9000,
}
DELAY = 1.5  # seconds; longer than the clients in the tests wait


class Plan:
    """The faults to produce, counted since the plan last changed, and the folder for accepted messages."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.id, self.counts = folder, "", Counter[str]()
        self.faults: dict[tuple[str, int], str] = {}

    def read(self) -> None:
        record = json.loads((self.folder / "plan.json").read_text("utf-8"))
        if record["id"] != self.id:
            self.id, self.counts = record["id"], Counter()
            self.faults = {(each["step"], each["at"]): each["do"] for each in record["faults"]}

    def fault(self, step: str) -> str:
        self.counts[step] += 1
        return self.faults.get((step, self.counts[step]), "") or self.faults.get((step, 0), "")

    def take(self, envelope: Any) -> None:
        data = base64.b64encode(envelope.content).decode()
        line = {"to": envelope.rcpt_tos, "from": envelope.mail_from, "data": data}
        with (self.folder / f"{self.id}.taken").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


class Faulty(SMTP):
    """The aiosmtpd server with a possible fault before each step."""

    plan: Plan
    needs_login = False

    async def _handle_client(self) -> None:
        self.plan.read()
        if await self._fails("connect"):
            self.transport.close()  # type: ignore[union-attr]
            return
        await super()._handle_client()

    async def _fails(self, step: str) -> bool:
        """Carry out the planned fault for a step. Return whether the step is over."""
        do = self.plan.fault(step)
        if not do:
            return False
        if do == "delay":
            await asyncio.sleep(DELAY)
            return False
        transport: Any = self.transport
        if do == "reset":
            handle = transport.get_extra_info("socket")
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
            raise ConnectionResetError
        if do == "drop":
            transport.close()
            raise ConnectionResetError
        await self.push(REPLIES[do])
        if do == "421":
            transport.close()
        return True

    async def push(self, status: Any) -> None:
        await super().push(status)
        if status[:3] in ("354", b"354") and self.plan.fault("message") == "drop":
            self.transport.close()  # type: ignore[union-attr]
            raise ConnectionResetError

    async def smtp_EHLO(self, arg: str) -> None:  # noqa: N802 (the name of the command)
        if not await self._fails("EHLO"):
            await super().smtp_EHLO(arg)

    async def smtp_HELO(self, arg: str) -> None:  # noqa: N802
        if not await self._fails("EHLO"):
            await super().smtp_HELO(arg)

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        if not await self._fails("STARTTLS"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        if not await self._fails("AUTH"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        if not await self._fails("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        if not await self._fails("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if not await self._fails("DATA"):
            await super().smtp_DATA(arg)

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        if not await self._fails("QUIT"):
            await super().smtp_QUIT(arg)


class Handler:
    """Accepts messages, or drops them as planned."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    async def handle_DATA(self, server: Faulty, session: Any, envelope: Any) -> str:  # noqa: N802
        if await server._fails("dot"):
            return ""
        self.plan.take(envelope)
        if await server._fails("taken"):
            return ""
        return "250 2.0.0 Taken"


def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    correct = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=correct, handled=False)


async def serve(folder: Path) -> None:
    plan = Plan(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    loop, ports = asyncio.get_running_loop(), {}
    loop.set_exception_handler(lambda loop, context: None)  # connections that the plan breaks

    def protocol(**options: Any) -> Faulty:
        faulty = Faulty(Handler(plan), enable_SMTPUTF8=True, hostname="mail.example.org", **options)
        faulty.plan = plan
        return faulty

    login = {"authenticator": authenticate, "auth_required": True}
    modes: dict[str, tuple[dict[str, Any], ssl.SSLContext | None]] = {
        "none": ({}, None),
        "starttls": ({"tls_context": context, "require_starttls": True, **login}, None),
        "tls": ({"auth_require_tls": False, **login}, context),
    }
    for name, (options, tls) in modes.items():
        server = await loop.create_server(lambda options=options: protocol(**options), LOOPBACK, 0, ssl=tls)
        ports[name] = server.sockets[0].getsockname()[1]
    sys.stdout.write(json.dumps(ports) + "\n")
    sys.stdout.flush()
    while os.getppid() != 1:  # ends with the tests, even if they are killed
        await asyncio.sleep(0.5)


@dataclass(frozen=True)
class MailServer:
    """The server as tests see it."""

    folder: Path
    ports: Mapping[str, int]

    @property
    def ca(self) -> str:
        return str(self.folder / "ca.pem")

    def plan(self, name: str, faults: Sequence[tuple[str, int, str]] = ()) -> None:
        """Set the faults from now on: step, at which occurrence (0: always), action."""
        record = {"id": name, "faults": [{"step": step, "at": at, "do": do} for step, at, do in faults]}
        temporary = self.folder / "plan.tmp"
        temporary.write_text(json.dumps(record), "utf-8")
        temporary.replace(self.folder / "plan.json")

    def taken(self, name: str) -> list[tuple[str, bytes]]:
        """Return the messages accepted under a plan: recipient and content."""
        path = self.folder / f"{name}.taken"
        if not path.exists():
            return []
        records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return [(to, base64.b64decode(record["data"])) for record in records for to in record["to"]]


@contextmanager
def running(folder: Path, authority: trustme.CA | None = None, **certificate: Any) -> Iterator[MailServer]:
    """Run the server and stop it afterwards. Its certificate is for localhost, issued by its own authority."""
    authority = authority or trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    authority.issue_cert("localhost", **certificate).private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    (folder / "plan.json").write_text('{"id": "none", "faults": []}', "utf-8")
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__)), str(folder)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout
        yield MailServer(folder, json.loads(process.stdout.readline()))
    finally:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    asyncio.run(serve(Path(sys.argv[1])))
