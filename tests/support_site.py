"""A small site, served on this machine: pages with pitches, a look-alike, and what goes wrong on real sites."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FERRY = (
    "The ferry to Saltholm sails again from Thursday, two weeks after its engine failed in the middle of the sound.",
    "Harbour master Ines Falk said the new pump had been tested on six trips, three of them in heavy wind.",
    "Tickets that were bought for the cancelled days stay valid until the end of the year, the company says.",
)
MILL = (
    "Volunteers in Oberlinde have rebuilt the water wheel of the old mill, which had stood still since 1961.",
    "The oak came from a forest nearby, and a retired wheelwright showed the group how to fit the paddles.",
    "On Sundays the mill now grinds rye again, and the bakery across the lane sells bread from its flour.",
)
LOOK_ALIKE = (
    "An advertisement in the harbour paper of 1911 promised work for forty caulkers, and two hundred men came.",
    "Read more of such papers and a pattern shows: the yards asked for men in spring and sent them off in autumn.",
    "Subscribe to our newsletter, the editor wrote to his readers then, and meant a sheet that came by rowing boat.",
)
BOILERPLATE = ("Advertisement", "Sign up for our free newsletter.", "Share this article", "Leave a Reply")


def page(title: str, *paragraphs: str) -> str:
    """A web page that holds paragraphs and a menu."""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    menu = "<nav><a href='/'>Home</a></nav>"
    head = f"<head><meta charset='utf-8'><title>{title}</title></head>"
    return f"<!DOCTYPE html><html>{head}<body>{menu}<article><h1>{title}</h1>{body}</article></body></html>"


def pitched(title: str, story: tuple[str, ...], *pitches: str) -> str:
    """A page with a story whose second paragraph an ad label cuts off, and with pitches at its end."""
    return page(title, story[0], "Advertisement", *story[1:], *pitches)


PAGES: Mapping[str, bytes] = {
    "/ferry": pitched("Ferry sails again", FERRY, BOILERPLATE[1]).encode(),
    "/mill": pitched("Mill grinds again", MILL, *BOILERPLATE[1:]).encode(),
    "/clean": page("Mill grinds again", *MILL).encode(),
    "/look-alike": page("Caulkers wanted", *LOOK_ALIKE).encode(),
    "/empty": b"",
    "/no-article": b"<!DOCTYPE html><html><head><title>Nothing</title></head><body></body></html>",
    # Says it is UTF-8, and holds bytes that are not.
    "/broken": pitched("Ferry sails again", FERRY, BOILERPLATE[1]).encode().replace(b"Ines", b"In\xe9\xff\xfes"),
    "/latin": pitched("Mühle mahlt wieder", MILL).replace("utf-8", "iso-8859-1").encode("latin-1"),
}


class _Handler(BaseHTTPRequestHandler):
    pages: Mapping[str, bytes]

    def do_GET(self) -> None:
        body = self.pages.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(pages: Mapping[str, bytes] = PAGES) -> Iterator[str]:
    """The address of a server of these pages."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"pages": pages}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
