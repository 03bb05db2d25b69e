"""``cleaner eval``."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cleaner.cli.common import WorkersOption, emit, emit_rich, refused, usage_error
from cleaner.cli.settings import UNSAID, Chosen, with_settings
from cleaner.config import Config
from cleaner.errors import InputError, OutputError

if TYPE_CHECKING:
    from cleaner.evaluate import CurvePoint, DocumentScore, Evaluation, Figures, LabelFigures, Wrong
    from cleaner.verdicts import Verdicts

#: How much of a line that went wrong is shown.
SHOWN = 160


class By(StrEnum):
    """What the figures can be split by."""

    CATEGORY = "category"
    LANGUAGE = "language"
    UPSTREAM = "upstream"


@with_settings("verdicts")
def evaluate(
    labelled: Annotated[
        Path,
        typer.Argument(
            metavar="LABELLED",
            help='JSON Lines, gzipped or not, one document each: {"id", "lines": [[text, label], …]}, and if known '
            '"url", "title", "lang" and "upstream". A label is keep or a category; a ? behind it marks doubt.',
            show_default=False,
        ),
    ],
    by: Annotated[list[By], typer.Option("--by", help="Split the figures. Can be repeated.")] = [  # noqa: B006
        By.CATEGORY,
        By.LANGUAGE,
    ],
    json: Annotated[Path | None, typer.Option("--json", metavar="OUT", help="Save all figures as JSON.")] = None,
    show: Annotated[
        int, typer.Option("--show", min=0, metavar="N", help="Show N lost content lines and N left boilerplate lines.")
    ] = 0,
    curve: Annotated[
        Path | None,
        typer.Option(
            "--curve",
            metavar="OUT",
            help="Clean at a ladder of thresholds, and draw removal over loss as .svg or .png; needs matplotlib.",
        ),
    ] = None,
    verdicts: Annotated[
        list[Path],
        typer.Option(
            "--verdicts", metavar="FILE", help="Label the lines that these verdicts speak of by them. Can be repeated."
        ),
    ] = [],  # noqa: B006
    workers: WorkersOption = 1,
    chosen: Chosen = UNSAID,
) -> None:
    """Score cleaning on lines that were labelled by hand: how much boilerplate went, how much content was lost."""
    from cleaner.batch import cleaner_for
    from cleaner.evaluate import figures_json, read_labelled
    from cleaner.verdictfile import load_verdicts

    run = chosen.config()
    _refuse_bad_outputs(labelled, json, curve)
    try:
        documents = sum(1 for _ in read_labelled(labelled))  # What is malformed is found out before anything is done.
    except InputError as error:
        raise refused(error) from None
    labels = load_verdicts(verdicts)
    cleaner_for(run)
    evaluation, points = _evaluate(labelled, documents, run, workers, show, labels, curve is not None)
    if json is not None:
        _save(json, figures_json(evaluation, run, points).encode() + b"\n")
    if curve is not None:
        from cleaner.evaluate import draw_curve

        _save(curve, draw_curve(points, curve.suffix.lower()))
    for table in _tables(evaluation, list(dict.fromkeys(by))):
        emit_rich(table)
    emit("".join([*_rows("LOST", evaluation.lost), *_rows("LEFT", evaluation.left), f"{evaluation.total.summary}\n"]))


def _refuse_bad_outputs(labelled: Path, json: Path | None, curve: Path | None) -> None:
    from cleaner.evaluate import IMAGE_SUFFIXES, require_matplotlib
    from cleaner.outputs import refuse_same

    if curve is not None and curve.suffix.lower() not in IMAGE_SUFFIXES:
        raise usage_error(f"--curve {curve}: its ending names no image format; take {' or '.join(IMAGE_SUFFIXES)}")
    if curve is not None and curve == json:
        raise usage_error("--json and --curve name the same file; give each one of its own")
    try:
        for out in (json, curve):
            if out is not None:
                refuse_same(out, [labelled])
        if curve is not None:
            require_matplotlib()
    except OutputError as error:
        raise refused(error) from None


def _evaluate(
    labelled: Path, documents: int, run: Config, workers: int, show: int, labels: "Verdicts", curve: bool
) -> "tuple[Evaluation, list[CurvePoint]]":
    """The figures of a run, and with ``curve`` the points that it and the ladder's thresholds give."""
    from dataclasses import replace

    from cleaner.cli.summary import progress
    from cleaner.evaluate import LADDER, CurvePoint, add_up, score_all

    rungs = [t for t in LADDER if t != run.limit] if curve else []
    configs = [run, *(replace(run, threshold=t) for t in rungs)]
    evaluations = []
    with (
        progress(documents * len(configs)) as advance,
        contextlib.closing(score_all(labelled, configs, min(workers, documents), labels)) as results,
    ):
        for _, group in groupby(results, key=itemgetter(0)):
            evaluations.append(add_up(_told((score for _, score in group), advance), show))
    if not curve:
        return evaluations[0], []
    own = run.mode.value if run.threshold is None else "threshold"
    points = [
        CurvePoint(config.limit, evaluation.total.shares, own if config is run else "")
        for config, evaluation in zip(configs, evaluations, strict=True)
    ]
    return evaluations[0], sorted(points, key=lambda p: p.threshold)


def _told(scores: "Iterable[DocumentScore]", advance: Callable[[], None]) -> "Iterator[DocumentScore]":
    for score in scores:
        advance()
        yield score


def _save(path: Path, data: bytes) -> None:
    from cleaner.files import write_atomic
    from cleaner.outputs import make_folder

    make_folder(path.parent)
    write_atomic(path, data)


def _tables(evaluation: "Evaluation", by: Sequence[By]) -> Iterator[Any]:
    for one in by:
        if one is By.CATEGORY:
            yield _label_table(evaluation.by_label)
        else:
            groups = evaluation.by_language if one is By.LANGUAGE else evaluation.by_upstream
            yield _group_table(one.value.capitalize(), groups, evaluation.total)


def _label_table(labels: "Mapping[str, LabelFigures]") -> Any:
    """A row a label, the most frequent first."""
    from cleaner.evaluate import CORE_CATEGORIES, KEEP

    table = _table("Category", "Counts as")
    _numbers(table, "Lines", "Gone", "Share", "Words", "Gone", "Share", "Doubtful lines", "Gone")
    for name, n in sorted(labels.items(), key=lambda item: (-item[1].lines, item[0])):
        side = "content" if name == KEEP else "boilerplate" if name in CORE_CATEGORIES else "neither"
        lines = (f"{n.lines:,}", f"{n.gone:,}", _share(n.gone, n.lines, 2))
        words = (f"{n.words:,}", f"{n.gone_words:,.0f}", _share(n.gone_words, n.words, 2))
        table.add_row(name, side, *lines, *words, f"{n.doubtful_lines:,}", f"{n.doubtful_gone:,}")
    return table


def _group_table(title: str, groups: "Mapping[str, Figures]", total: "Figures") -> Any:
    """A row a group, the largest first, and one for all; a dash where there is nothing to have a share of."""
    from cleaner.places import printable

    table = _table(title)
    _numbers(table, "Documents", "Harmed", "Exact", "Boilerplate lines", "Removed", "of words")
    _numbers(table, "Content lines", "Lost", "of words")
    rows = sorted(groups.items(), key=lambda item: (-item[1].documents, item[0]))
    for name, n in [*rows, ("all", total)]:
        if n is total:
            table.add_section()
        documents = (f"{n.documents:,}", _share(n.harmed, n.documents, 1), _share(n.exact, n.documents, 1))
        core = (_share(n.gone_lines, n.core_lines, 1), _share(n.gone_words, n.core_words, 1))
        content = (_share(n.lost_lines, n.content_lines, 2), _share(n.lost_words, n.content_words, 2))
        table.add_row(printable(name), *documents, f"{n.core_lines:,}", *core, f"{n.content_lines:,}", *content)
    return table


def _table(*columns: str) -> Any:
    from rich.table import Table

    return Table(*columns)


def _numbers(table: Any, *columns: str) -> None:
    for column in columns:
        table.add_column(column, justify="right")


def _share(part: float, whole: int, places: int) -> str:
    return f"{part / whole:.{places}%}" if whole else "-"


def _rows(mark: str, wrong: "Sequence[Wrong]") -> Iterator[str]:
    from cleaner.places import excerpt, printable

    for one in wrong:
        yield f"{mark} {printable(one.document)} [{one.why}]: {excerpt(one.text, SHOWN)}\n"
