"""A service in a process of its own, with the small pack of the command line's tests, and clients for it."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
from support_cli import make_home

NDJSON = {"content-type": "application/x-ndjson"}
JSON = {"content-type": "application/json"}
_PATIENCE = 120


class Service:
    """``cleaner serve`` on a free port of the loopback; ``logs`` has what it logged so far."""

    def __init__(self, home: Path, *flags: object, environment: dict[str, str] | None = None) -> None:
        if not (home / "cleaner.toml").exists():
            make_home(home)
        command = [sys.executable, "-m", "cleaner", "serve", "--port", "0", *map(str, flags)]
        self.process = subprocess.Popen(
            command, cwd=home, stderr=subprocess.PIPE, env={**os.environ, **(environment or {})}
        )
        self.logs: list[dict[str, object]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.port = self.logged("listening")["port"]
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = httpx.Client(base_url=self.url, timeout=_PATIENCE)
        self._connections: list[socket.socket] = []

    def _read(self):
        for line in self.process.stderr:
            self.logs.append(json.loads(line))

    def logged(self, event: str, **fields: object) -> dict[str, object]:
        """The first line of the log of an event with these fields; waited for."""
        return until(lambda: next((x for x in self.logs if {**x, "event": event, **fields} == x), None))

    def clean(self, text: str, **more: object) -> httpx.Response:
        """What the service answers for a text."""
        return self.client.post("/v1/clean", json={"text": text, **more})

    def batch(self, *lines: bytes) -> list[dict]:
        """The lines of the answer to a batch."""
        response = self.client.post("/v1/batch", content=b"\n".join(lines), headers=NDJSON)
        assert response.status_code == 200
        return [json.loads(line) for line in response.text.splitlines()]

    def metric(self, name: str) -> float:
        """The value of a metric, by its name and labels as they are printed; 0 if it is not there."""
        lines = self.client.get("/metrics").text.splitlines()
        return next((float(line.rpartition(" ")[2]) for line in lines if line.rpartition(" ")[0] == name), 0.0)

    def workers(self) -> list[int]:
        """The ids of the processes that clean, replaced ones among them."""
        return [line["pid"] for line in self.logs if line["event"] == "worker-started"]

    def connect(self, receives: int | None = None) -> socket.socket:
        """A bare connection; ``receives`` bytes at most are taken in ahead of who reads them."""
        bare = socket.socket()
        self._connections.append(bare)
        if receives:
            bare.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        bare.settimeout(_PATIENCE)
        bare.connect(("127.0.0.1", self.port))
        return bare

    def stop(self) -> int:
        """Ask it to stop, and its exit code once it has."""
        self.client.close()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(_PATIENCE)
        self._reader.join()
        for bare in self._connections:
            bare.close()
        self.process.stderr.close()
        return code

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.process.returncode is None:
            assert self.stop() == 0


def until(look):
    """What ``look`` gives once that is something."""
    for _ in range(_PATIENCE * 20):
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def line_of(text: str, **more: object) -> bytes:
    """A line of a batch."""
    return json.dumps({"text": text, **more}).encode()


def head(path: str, *fields: str) -> bytes:
    """The head of a POST request."""
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: localhost", *fields, "", ""]).encode()


def read_all(bare: socket.socket) -> bytes:
    """Everything that comes over a connection until it ends."""
    parts = []
    while part := bare.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)
