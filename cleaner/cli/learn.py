"""``cleaner learn``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleaner.cli.common import complain, emit, usage_error
from cleaner.cli.settings import (
    ConfigOption,
    LanguageOption,
    ModelOption,
    NoModelOption,
    PacksOption,
    settings,
    split_list,
)
from cleaner.duck import MEMORY

if TYPE_CHECKING:
    from cleaner.config import Config
    from cleaner.learn.run import Learned, Order


def learn(
    corpus: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CORPUS]…",
            help="Files, folders or patterns: .jsonl, .jsonl.gz, .jsonl.zst, .parquet, or .txt and .md texts.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="The pack to write; decisions in one that exists are kept."),
    ] = None,
    review: Annotated[
        Path | None, typer.Option("--review", metavar="FILE", help="Decide on the rules of a learned pack, one by one.")
    ] = None,
    accept: Annotated[
        list[str], typer.Option("--accept", metavar="ID", help="With --review: accept this rule. Can be repeated.")
    ] = [],  # noqa: B006
    reject: Annotated[
        list[str], typer.Option("--reject", metavar="ID", help="With --review: reject this rule. Can be repeated.")
    ] = [],  # noqa: B006
    min_documents: Annotated[
        int, typer.Option("--min-documents", min=3, metavar="N", help="A line recurs in at least N documents.")
    ] = 8,
    min_share: Annotated[
        float, typer.Option("--min-share", min=0, max=1, help="And in at least this share of its site's documents,")
    ] = 0.02,
    min_sites: Annotated[int, typer.Option("--min-sites", min=2, metavar="N", help="or on at least N sites.")] = 3,
    site: Annotated[
        str | None, typer.Option("--site", metavar="HOST", help="The site of documents of which nothing else tells it.")
    ] = None,
    text_column: Annotated[str, typer.Option("--text-column", metavar="NAME", help="The column of texts.")] = "text",
    id_column: Annotated[str, typer.Option("--id-column", metavar="NAME", help="The column of ids.")] = "id",
    url_column: Annotated[str, typer.Option("--url-column", metavar="NAME", help="The column of urls.")] = "url",
    date_column: Annotated[
        str, typer.Option("--date-column", metavar="NAME", help="The column of dates (ISO 8601), if there is one.")
    ] = "date",
    memory: Annotated[
        str, typer.Option("--memory", metavar="SIZE", help="What the database may hold in memory; the rest is on disk.")
    ] = MEMORY,
    packs: PacksOption = [],  # noqa: B006
    config: ConfigOption = None,
    language: LanguageOption = [],  # noqa: B006
    model: ModelOption = None,
    no_model: NoModelOption = False,
) -> None:
    """Learn rules for lines that recur in a corpus but are not the articles' own, and decide on them.

    With --out, what is found is written as a pack whose rules only mode thorough uses. With --review, each rule is
    shown with its evidence; those that are accepted are used in mode balanced too. Needs the extra 'query'.
    """
    if review is not None:
        if corpus or out is not None:
            raise usage_error("--review looks at a pack that was learned; leave CORPUS and --out out")
        _review(review, split_list(accept), split_list(reject))
        return
    if not corpus or out is None:
        raise usage_error("say what to learn from and where to write: CORPUS… --out FILE; or --review FILE")
    if accept or reject:
        raise usage_error("--accept and --reject go with --review FILE")
    from cleaner.learn.corpus import Columns
    from cleaner.learn.run import Order

    columns = Columns(text_column, id_column, url_column, date_column)
    order = Order(tuple(corpus), columns, site, min_documents, min_share, min_sites, memory=memory)
    _learn(order, settings(packs=packs, config=config, language=language, model=model, no_model=no_model), out)


def _learn(order: "Order", config: "Config", out: Path) -> None:
    from cleaner.learn.packfile import merged, read_learned, write_learned
    from cleaner.learn.run import learn

    before = read_learned(out)
    learned = learn(order, config, before.pack, _progress)
    after = merged(before, learned.rules)
    write_learned(out, after)
    known = {rule.id for rule in before.rule}
    _tell(learned, sum(rule.id not in known for rule in learned.rules), out)


def _progress(step: str) -> None:
    if sys.stderr.isatty():
        complain(f"{step} …")


def _tell(learned: "Learned", new: int, out: Path) -> None:
    emit(f"{learned.documents:,} different documents of {learned.sites:,} sites.\n")
    if learned.homeless:
        complain(
            f"{learned.homeless:,} documents are of no known site and were left out; name their urls with "
            "--url-column, or their site with --site."
        )
    for why, count in sorted(learned.refused.items(), key=lambda item: (-item[1], item[0])):
        emit(f"{count:,} recurring lines not proposed: {why}.\n")
    emit(f"{len(learned.rules):,} rules proposed, {new:,} of them new, in {out}; cleaner learn --review {out}\n")


def _review(path: Path, accept: list[str], reject: list[str]) -> None:
    from cleaner.cli.learn_review import review
    from cleaner.learn.packfile import decided, write_learned
    from cleaner.packs import read_pack_file

    file = read_pack_file(path)
    if accept or reject:
        write_learned(path, decided(file, accept, reject))
        emit(f"{len(accept):,} accepted, {len(reject):,} rejected in {path}.\n")
    else:
        review(path, file)
