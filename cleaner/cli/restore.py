"""``cleaner restore``."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleaner.cli.common import Code, LogOption, Paths, complain, end, refused, usage_error
from cleaner.errors import InputError, OutputError, RestoreError

if TYPE_CHECKING:
    from cleaner.discover import Input
    from cleaner.lookup import Records
    from cleaner.model import AuditRecord


def restore(
    clean: Paths,
    audit: LogOption,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write sources below this folder; one file alone can go to stdout."),
    ] = None,
) -> None:
    """Restore sources from clean texts and the audit log, byte for byte.

    The record is found by the document's id, which is its path as it was cleaned, or by the clean text.
    """
    from cleaner.auditlog import read_log
    from cleaner.discover import find_inputs, is_text
    from cleaner.lookup import Records, record_for, restore_bytes

    records = Records(read_log(audit))
    if clean == ["-"]:
        _restore_stdin(records)
        return
    inputs = find_inputs(clean, exclude=out, wanted=is_text)
    if out is None and (len(inputs.found) > 1 or any(Path(path).is_dir() for path in clean)):
        raise usage_error(f"{len(inputs.found)} files cannot all go to stdout; add --out DIR")
    targets = _targets(inputs.found, audit, out)
    failures = list(inputs.problems)
    for item in inputs.found:
        try:
            data = read(item)
            record = record_for(records, item, data)
            _write(restore_bytes(record, data), targets.get(item), out)
            _tell_page(item.path, record)
        except (InputError, OutputError, RestoreError) as error:
            failures.append(str(error))
    for failure in failures:
        complain(f"error: {failure}")
    if out is not None:
        complain(f"{len(inputs.found) + len(inputs.problems) - len(failures)} restored to {out}, {len(failures)} not.")
    end(Code.FAILED if failures else Code.FINE)


def read(item: "Input") -> bytes:
    """The bytes of a clean file. Raises ``InputError``."""
    from cleaner.files import read_bytes

    return read_bytes(item.path)


def _restore_stdin(records: "Records") -> None:
    from pathlib import PurePosixPath

    from cleaner.discover import Input
    from cleaner.lookup import record_for, restore_bytes

    data = sys.stdin.buffer.read()
    record = record_for(records, Input(Path("-"), "-", PurePosixPath("-")), data)
    _write(restore_bytes(record, data), None, None)
    _tell_page("standard input", record)


def _tell_page(name: object, record: "AuditRecord") -> None:
    """Say that a page's text was restored and not the page, which nothing holds."""
    if record.page is not None:
        by = f"{record.page.extractor} {record.page.extractor_version}"
        complain(f"{name}: restored is the text that {by} extracted from the page {record.id}, not the page")


def _targets(inputs: "tuple[Input, ...]", audit: Path, out: Path | None) -> "Mapping[Input, Path]":
    from cleaner.outputs import plan_outputs, refuse_same

    if out is None:
        return {}
    try:
        targets = plan_outputs(inputs, out)
        refuse_same(audit, targets.values())
    except OutputError as error:
        raise refused(error) from None
    return targets


def _write(data: bytes, target: Path | None, out: Path | None) -> None:
    from cleaner.files import write_atomic
    from cleaner.outputs import make_folder, refuse_leaving

    if target is None or out is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    make_folder(target.parent)
    refuse_leaving(target, out)
    write_atomic(target, data)
