"""`ingather studio` in a process of its own, and somebody who asks it over a socket."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time

import orjson

from ingather.store.workspace import Workspace


class Server:
    """`ingather studio` as its users start it."""

    def __init__(self, workspace: Workspace, *options: str) -> None:
        self.options = options
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.workspace = workspace
        self.link = ""

    def start(self) -> None:
        call = [
            sys.executable,
            "-m",
            "ingather",
            "-C",
            str(self.workspace.root),
            "studio",
            "--port",
            str(self.port),
            *self.options,
        ]
        log = open(self.workspace.root / "studio.log", "a+")  # noqa: SIM115
        self.running = subprocess.Popen(
            call, stdout=log, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        )
        for _ in range(200):
            time.sleep(0.1)
            try:
                if Client(self).ask("GET", "/api/health")[0] == 200:
                    break
            except OSError:
                assert self.running.poll() is None, (self.workspace.root / "studio.log").read_text()
        text = (self.workspace.root / "studio.log").read_text()
        if "/first#" in text:
            self.link = text.split("/first#")[1].split()[0]

    def kill(self) -> None:
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()


class Client:
    def __init__(self, server: Server) -> None:
        self.port = server.port
        self.cookie = self.csrf = ""

    def ask(self, method: str, path: str, body: object = None, **headers: str):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = body if isinstance(body, bytes | None) else orjson.dumps(body)
        given = {"cookie": self.cookie, "x-csrf-token": self.csrf, "content-type": "application/json"}
        connection.request(
            method, path, sent, {**given, **{n.replace("_", "-"): v for n, v in headers.items()}}
        )
        answer = connection.getresponse()
        content = answer.read()
        if cookie := answer.getheader("set-cookie"):
            self.cookie = cookie.split(";")[0]
        connection.close()
        told = orjson.loads(content) if content[:1] in (b"{", b"[") else None
        if isinstance(told, dict) and told.get("csrf"):
            self.csrf = told["csrf"]
        return answer.status, told


def until_it_answers(asking):
    """As a page with a queue does: tries again until the server answers."""
    for _ in range(300):
        try:
            status, told = asking()
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
            continue
        if status < 500:
            return status, told
    raise AssertionError("the server never came back")
