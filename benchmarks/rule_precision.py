"""Which rules hit what on hand-labelled lines, before context, guards and thresholds have a say.

usage: rule_precision.py LABELLED.jsonl[.gz] [--packs DIR_OR_FILE] [--rule PREFIX] [--show N]

A row a rule: boilerplate lines hit, optional or doubtful lines hit, content lines hit, precision, id. A rule that
looks at sentences is tried on each sentence; one for headings, head or tail on every line, wherever it stands.
"""

import argparse
import gzip
import json
from collections import defaultdict
from pathlib import Path

from cleaner.matching.matcher import Matcher, Unit, grouped
from cleaner.model import DEFAULT_CATEGORIES, Scope
from cleaner.packfiles import builtin_packs_dir
from cleaner.packs import load_packs
from cleaner.segment import sentences


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--packs", type=Path, default=builtin_packs_dir())
    parser.add_argument("--rule", default="", help="only rules whose id starts so")
    parser.add_argument("--show", type=int, default=0, help="print N content lines each rule hits")
    args = parser.parse_args()
    rules = [r for p in load_packs([args.packs]) for r in p.rules if r.id.startswith(args.rule)]
    matcher = Matcher(rules)
    hits = {rule.id: [0, 0, 0] for rule in rules}
    sites: dict[str, set[str]] = defaultdict(set)
    wrong: dict[str, list[str]] = defaultdict(list)
    opener = gzip.open if args.labelled.suffix == ".gz" else open
    for row in opener(args.labelled, "rt", encoding="utf-8"):
        document = json.loads(row)
        texts = [text.replace("\r", " ") for text, _ in document["lines"]]
        for number, indexes in grouped(*matcher.pairs(texts)).items():
            text, label = document["lines"][number]
            column = 1 if label.endswith("?") else 2 if label == "keep" else int(label not in DEFAULT_CATEGORIES)
            line = Unit.of(text)
            parts = [Unit.of(text[s.start : s.end]) for s in sentences(text)]
            for index in indexes:
                compiled = matcher.compiled[index]
                units = parts if compiled.source.scope is Scope.SENTENCE else [line]
                if any(compiled.matches(unit) for unit in units):
                    rule = compiled.source.id
                    hits[rule][column] += 1
                    if column == 0:
                        sites[rule].add(document["site"])
                    if column == 2:
                        wrong[rule].append(text)
    print("  core  other  keep  precision  sites  rule")
    for rule_id, (core, other, keep) in sorted(hits.items(), key=lambda item: (-item[1][2], -item[1][0])):
        precision = core / (core + keep) if core + keep else 0.0
        print(f"{core:6d} {other:6d} {keep:5d}  {precision:9.1%} {len(sites[rule_id]):6d}  {rule_id}")
        for text in wrong[rule_id][: args.show]:
            print(f"         KEEP {text[:150]}")


if __name__ == "__main__":
    main()
