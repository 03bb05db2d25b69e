"""The pictures of docs/report.md: ``python -m benchmarks.report_pictures docs`` makes them anew, in Chromium.

They show what cleaning the seeds gives, read and in review. Colours are brought down to 64, which Pillow does.
"""

import io
import sys
import tempfile
from pathlib import Path
from threading import Thread
from typing import Any

from PIL import Image

from cleaner.apply import sha256
from cleaner.logreading import Logged
from cleaner.model import AuditRecord
from cleaner.pipeline import Cleaner
from cleaner.report.collect import Collection, collect
from cleaner.report.page import page
from cleaner.report.reviewing import Reviewing
from cleaner.report.server import ReviewServer
from cleaner.report.texts import Texts
from tests.support_browser import browser, opened

_SEEDS = Path("seeds")
_SIZE = (1180, 860)
_TITLE = "What Cleaner did: out/audit.jsonl"


def collected() -> Collection:
    """What cleaning the English seeds gives, with what stands around."""
    cleaner = Cleaner()
    logged = []
    for number, path in enumerate(sorted(_SEEDS.glob("en-*.txt")), 1):
        record: AuditRecord = cleaner.clean(path.read_bytes().decode(), id=f"seeds/{path.name}").record("utf-8")
        assert record.source_sha256 == sha256(path.read_bytes().decode())
        logged.append(Logged(record, "out/audit.jsonl", number))
    return collect(logged, texts=Texts(_SEEDS))


def save(view: Any, path: Path) -> None:
    """Save what a page shows."""
    view.wait_for_timeout(300)
    picture = Image.open(io.BytesIO(view.screenshot())).convert("RGB").quantize(64)
    picture.save(path, optimize=True)


def main() -> None:
    """Make the pictures."""
    out = Path(sys.argv[1])
    found = collected()
    with tempfile.TemporaryDirectory() as folder, browser(size=_SIZE) as context:
        report = Path(folder) / "report.html"
        report.write_text(page(found, _TITLE), encoding="utf-8")
        view = opened(context, report.as_uri())
        save(view, out / "report-light.png")
        view.emulate_media(color_scheme="dark")
        save(view, out / "report-dark.png")
        reviewing = Reviewing(found, Path(folder) / "verdicts.jsonl", "Ann", Path(folder) / "verdicts.toml")
        with ReviewServer(reviewing, _TITLE, "a-token-for-pictures") as server:
            Thread(target=server.serve_forever, daemon=True).start()
            view = opened(context, server.address)
            for key in "rraaajjj":
                view.keyboard.press(key)
                view.wait_for_timeout(60)
            save(view, out / "review.png")
            server.shutdown()


if __name__ == "__main__":
    main()
