"""``cleaner verify``."""

from pathlib import Path

from cleaner.cli.common import Code, LogOption, Paths, complain, emit, end
from cleaner.errors import InputError


def verify(paths: Paths, audit: LogOption) -> None:
    """Hold clean files against their audit log: hashes, and whether every source can be restored.

    Every mismatch is listed: changed files, damaged records, files without a record and, where a folder is given,
    records without a file. The exit code is 1 if there is any.
    """
    from cleaner.auditlog import read_log
    from cleaner.discover import find_inputs, is_text
    from cleaner.files import read_bytes
    from cleaner.lookup import Records, mismatch
    from cleaner.places import printable

    records = Records(read_log(audit))
    inputs = find_inputs(paths, wanted=is_text)
    seen: set[str | None] = set()
    wrong: list[str] = []
    failures = list(inputs.problems)
    for item in inputs.found:
        try:
            problem, record_id = mismatch(records, item, read_bytes(item.path))
        except InputError as error:
            failures.append(str(error))
            continue
        seen.add(record_id)
        wrong += [problem] if problem else []
    if any(Path(path).is_dir() for path in paths):
        wrong += [f"{record_id}: has a record, but no file" for record_id in records.ids if record_id not in seen]
    emit("".join(f"{printable(problem)}\n" for problem in wrong))
    for failure in failures:
        complain(f"error: {failure}")
    complain(f"{len(inputs.found)} files, {len(records.ids)} documents in the log, {len(wrong)} mismatches.")
    end(Code.FAILED if failures else Code.FOUND if wrong else Code.FINE)
