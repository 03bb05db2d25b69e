"""The review page over HTTP, for this machine alone.

Whoever has the address with its token may decide. Requests that another site makes a browser send are refused: the
token is not theirs to know, the host has to be this one (against names that are rebound to it), and a decision has to
come from the page itself.
"""

import hmac
import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from cleaner.errors import OutputError
from cleaner.report.page import page
from cleaner.report.reviewing import DecisionError, Reviewing

#: Bytes of the longest decision.
MOST_BODY = 64 << 10
#: Seconds after which a connection that says nothing is closed.
PATIENCE = 30

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class ReviewServer(ThreadingHTTPServer):
    """Serves one review at ``address``, on the loopback interface. Raises ``OutputError`` if the port is taken."""

    daemon_threads = True

    def __init__(self, reviewing: Reviewing, title: str, token: str, port: int = 0) -> None:
        self.reviewing = reviewing
        self.title = title
        self.token = token
        try:
            super().__init__(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise OutputError(f"port {port}: cannot be used: {error.strerror}; give another with --port") from None

    @property
    def address(self) -> str:
        """The page's url, which lets in whoever knows it."""
        return f"http://127.0.0.1:{self.server_port}/{self.token}/"

    @property
    def hosts(self) -> frozenset[str]:
        """What requests may call this server."""
        return frozenset(f"{name}:{self.server_port}" for name in ("127.0.0.1", "localhost"))

    def page(self) -> bytes:
        """The page with the verdicts as they are now."""
        said = {"by": self.reviewing.by, "tag": self.reviewing.tag, "rulings": self.reviewing.rulings()}
        restart = f"--port {self.server_port} --token {self.token}"
        return page(self.reviewing.collection, self.title, {**said, "restart": restart}).encode()


class _Handler(BaseHTTPRequestHandler):
    server: ReviewServer
    protocol_version = "HTTP/1.1"
    server_version = "cleaner"
    sys_version = ""
    timeout: ClassVar[int] = PATIENCE

    def do_GET(self) -> None:
        """The page, or what changed since a tag."""
        route, query = self._route()
        if route == "":
            self._send(HTTPStatus.OK, self.server.page(), "text/html; charset=utf-8")
        elif route == "state":
            tag = self.server.reviewing.tag
            if tag == parse_qs(query).get("tag", [""])[0]:
                self._send(HTTPStatus.NO_CONTENT, b"", "application/json")
            else:
                self._answer(HTTPStatus.OK, {"tag": tag, "rulings": self.server.reviewing.rulings()})
        elif route is not None:
            self._answer(HTTPStatus.NOT_FOUND, {"error": "there is nothing here"})

    def do_POST(self) -> None:
        """A decision: on disk before the answer says so."""
        route, _ = self._route()
        if route is None:
            return
        if route != "verdict":
            self._answer(HTTPStatus.NOT_FOUND, {"error": "there is nothing here"})
            return
        status, answer = self._take()
        self._answer(status, answer)

    def _take(self) -> tuple[HTTPStatus, dict[str, str]]:
        if self.headers.get("Origin") not in {f"http://{host}" for host in self.server.hosts}:
            return HTTPStatus.FORBIDDEN, {"error": "decisions come from the page itself"}
        if self.headers.get_content_type() != "application/json":
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE, {"error": "a decision is JSON"}
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or int(length) > MOST_BODY:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": f"a decision has at most {MOST_BODY} bytes"}
        body = self.rfile.read(int(length))
        self._read = True
        try:
            return HTTPStatus.OK, {"message": self.server.reviewing.take(json.loads(body))}
        except (ValueError, RecursionError):
            return HTTPStatus.BAD_REQUEST, {"error": "a decision is JSON"}
        except DecisionError as error:
            return HTTPStatus.CONFLICT, {"error": str(error)}
        except OutputError as error:
            return HTTPStatus.INTERNAL_SERVER_ERROR, {"error": str(error)}

    def _route(self) -> tuple[str | None, str]:
        """What is asked for below the token, and the query; nothing if the request was refused already."""
        self._read = False
        parts = urlsplit(self.path)
        token, slash, route = parts.path.removeprefix("/").partition("/")
        if self.headers.get("Host") not in self.server.hosts:
            self._answer(HTTPStatus.FORBIDDEN, {"error": "this server answers to 127.0.0.1 alone"})
        elif not slash or not hmac.compare_digest(token.encode(), self.server.token.encode()):
            self._answer(HTTPStatus.FORBIDDEN, {"error": "the address lacks the token that cleaner review printed"})
        else:
            return route, parts.query
        return None, ""

    def _answer(self, status: HTTPStatus, content: dict[str, Any]) -> None:
        self._send(status, json.dumps(content).encode(), "application/json")

    def _send(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NO_CONTENT:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        if self.command == "POST" and not self._read:  # What it holds further is not looked at.
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the address holds the token."""
