"""The learned detector's parts: numbers that are the same everywhere, and a file that is checked."""

import random
from dataclasses import replace

import numpy as np
import pytest
from conftest import texts
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner.cache import CACHE_VARIABLE
from cleaner.config import Config
from cleaner.errors import ModelError
from cleaner.learned import grams as grams_module
from cleaner.learned.alphabet import Kind
from cleaner.learned.batch import Batch
from cleaner.learned.context import narrow_context, regions, wide_context
from cleaner.learned.evidence import NAMES, noted
from cleaner.learned.forest import Forest
from cleaner.learned.grams import Grams, blocks, shown
from cleaner.learned.reasons import explain, group_of
from cleaner.learned.scorer import builtin_model, load, save
from cleaner.learned.stack import Stack
from cleaner.learned.table import MAIN, observe, rows, with_scores
from cleaner.learned.units import LONG_LINE, Units
from cleaner.model import Category, Detection, Document, Provenance, Span
from cleaner.observer import Observer
from cleaner.pipeline import Cleaner
from cleaner.view import View

MODEL = builtin_model()
RULES = Cleaner(Config.make(model="none"))


def view_of(text):
    return View.of(Document(text), Observer(RULES.knowledge))


def features(lines):
    """(bucket, line) of every n-gram, as a sorted list."""
    found = []
    for block in blocks(lines, MODEL.alphabet):
        for indexes, owners in Grams(block).features(18):
            found += zip((owners + block.first).tolist(), indexes.tolist(), strict=True)
    return sorted(found)


def columns_of(text):
    """Every column of a text's units, scores included; the text is short enough for one block."""
    scores = {}
    observed = observe(
        Batch.of([view_of(text)], [[]]),
        MODEL.alphabet,
        lambda grams, size: scores.update(MODEL.weights.scores(grams, size)),
    )
    return with_scores(observed.columns, scores, observed.stack)


def test_the_alphabet_of_the_file_is_a_table_of_the_plane():
    alphabet = MODEL.alphabet
    assert len(alphabet.folded) == len(alphabet.kinds) == 1 << 16
    assert chr(alphabet.folded[ord("Ä")]) == "ä"
    assert alphabet.folded[ord("7")] == ord("0")
    assert [Kind(alphabet.kinds[ord(c)]) for c in "aA7 .\n続"] == [
        Kind.LOWER,
        Kind.UPPER,
        Kind.DIGIT,
        Kind.BLANK,
        Kind.FINAL,
        Kind.BREAK,
        Kind.SINGLE,
    ]


def test_a_line_has_the_same_ngrams_wherever_it_stands():
    alone = [bucket for _, bucket in features(["Sign up for the tide table."])]
    among = features(["A story of 3 boats.", "Sign up for the tide table.", "続きを読む"])
    assert sorted(alone) == [bucket for line, bucket in among if line == 1]


def test_blocks_do_not_change_ngrams(monkeypatch):
    lines = [f"Line {n} of a log that nobody reads, {'again ' * (n % 7)}." for n in range(60)]
    whole = features(lines)
    monkeypatch.setattr(grams_module, "_BLOCK", 100)
    assert features(lines) == whole


@given(st.lists(st.text(st.characters(exclude_characters="\n\r"), min_size=1), min_size=1, max_size=6))
def test_any_characters_have_ngrams(lines):
    found = features(lines)
    assert all(0 <= bucket < 1 << 18 and 0 <= line < len(lines) for line, bucket in found)


def test_of_a_very_long_line_the_middle_is_left_out():
    assert len(shown("word " * 5000)) <= grams_module.LONGEST_BEGINNING + grams_module.LONGEST_END
    assert shown("  a \t b ") == "a b"


def test_a_long_line_is_judged_by_sentences():
    sentence = "The harbour master counted the boats that came in before the storm broke over the pier. "
    long = sentence * (LONG_LINE // 15)
    found = Units.of(view_of(f"Short line.\n\n{long}\nEnd.").table)
    assert [u.whole for u in found] == [True, *[False] * (LONG_LINE // 15), True]
    assert "".join(u.text for u in found[1:-1]) == long
    assert [u.gap for u in found[:2]] == [0, 1]


def tree(column, threshold, left, right):
    """A tree as LightGBM dumps it, of one split."""
    leaf = {"leaf_value": left}, {"leaf_value": right}
    root = {"split_feature": column, "threshold": threshold, "internal_value": (left + right) / 2}
    return {"tree_structure": {**root, "left_child": leaf[0], "right_child": leaf[1]}}


def test_trees_add_up_and_say_which_column_moved_them():
    forest = Forest.of_trees(
        [tree(0, 4.5, -1.0, 1.0), tree(1, 0.0, 0.25, -0.75), {"tree_structure": {"leaf_value": 0.5}}]
    )
    matrix = np.array([[4, 0], [5, 0], [5, 1]], dtype=np.int32)
    assert forest.scores(matrix).tolist() == [-1000 + 250 + 500, 1000 + 250 + 500, 1000 - 750 + 500]
    kinds = np.array([1, 0])
    assert forest.shares(matrix[[2, 0]], kinds, 2).tolist() == [[-500, 1000], [500, -1000]]


def test_trees_agree_with_a_walk_by_hand():
    generator = random.Random(3)
    trees = [
        tree(generator.randrange(3), generator.random() * 10, generator.random() / 40, -generator.random() / 40)
        for _ in range(80)
    ]
    matrix = np.array([[generator.randrange(12) for _ in range(3)] for _ in range(50)], dtype=np.int32)
    forest = Forest.of_trees(trees)
    for row, score in zip(matrix.tolist(), forest.scores(matrix).tolist(), strict=True):
        expected = 0
        for one in trees:
            root = one["tree_structure"]
            side = "left_child" if row[root["split_feature"]] <= root["threshold"] else "right_child"
            expected += round(1000 * root[side]["leaf_value"])
        assert score == expected


def test_a_row_without_hope_is_not_shown_to_all_trees():
    trees = [tree(0, 0.5, 0.1, -0.4) for _ in range(100)]
    low, high = Forest.of_trees(trees).scores(np.array([[1], [0]], dtype=np.int32)).tolist()
    assert -40_000 < low < -2400
    assert high == 10_000


@pytest.mark.parametrize("size", [1, 2, 3, 9])
def test_context_columns_fit_any_number_of_lines(size):
    scores, stack = np.arange(size, dtype=np.int64) * 100, Stack.of([size])
    for columns in (wide_context(scores, stack), narrow_context(scores, stack), regions(scores, stack)):
        assert {len(column) for column in columns.values()} == {size}
    if size > 2:
        assert wide_context(scores, stack)["-1"].tolist()[1:] == scores.tolist()[:-1]
        assert wide_context(scores, stack)["below2"][0] == 300


def claim(span, category, confidence, detector):
    return Detection(span, category, confidence, "a reason", Provenance(detector))


def test_claims_are_noted_at_the_units_that_they_touch():
    text = "Shop now\n" + "The boats came in before the storm broke over the pier. " * 9
    view = view_of(text)
    shop, long = view.lines
    sentence = Units.of(view.table)[2].span
    claims = [
        claim(shop.whole, Category.PROMO, 0.7, "phrase"),
        claim(shop.whole, Category.AD, 0.9, "tail"),
        claim(shop.whole, Category.META, 0.6, "phrase"),
        claim(sentence, Category.AD, 0.8, "headline"),
        claim(Span(sentence.start, sentence.start + 14), Category.AD, 0.5, "phrase"),
        claim(Span(sentence.start, sentence.start + 14), Category.BIO, 0.5, "phrase"),
    ]
    rows = [dict(zip(NAMES, row, strict=True)) for row in noted([view], [claims], [Units.of(view.table)]).tolist()]
    assert long.number == 1
    found = [{name: value for name, value in row.items() if value} for row in rows]
    ad = list(Category).index(Category.AD) + 1
    assert found[0] == {"rule": 700, "company": 900, "count": 2, "kept": 600, "category": ad}
    assert found[2] == {"other": 800, "count": 1, "part": 500, "part_share": 250, "category": ad}
    assert not any(found[1:2] + found[3:])


def test_regions_find_the_best_run_and_the_end_of_the_article():
    scores = np.array([-5000, 500, 500, -9000, -500, 2000, -500], dtype=np.int64)
    found = regions(scores, Stack.of([len(scores)]))
    assert found["run1000"].tolist() == [-1000, 3000, 3000, -1000, 4000, 4000, 4000]
    assert [int(cut > 0) for cut in found["cut1000"]] == [0, 0, 0, 0, 1, 1, 1]


@given(st.lists(st.lists(st.integers(-9000, 9000), min_size=1, max_size=9), min_size=1, max_size=6))
def test_documents_in_a_stack_do_not_see_each_other(documents):
    def columns(scores, stack):
        wide, narrow, further = wide_context(scores, stack), narrow_context(scores, stack), regions(scores, stack)
        flags = (scores > 0).astype(np.int64)
        return [
            *wide.values(),
            *narrow.values(),
            *further.values(),
            stack.distance_back(flags, 99),
            stack.distance_ahead(flags, 99),
            stack.total(scores),
            stack.before(scores),
        ]

    together = columns(np.concatenate([np.array(d) for d in documents]), Stack.of([len(d) for d in documents]))
    alone = [columns(np.array(d), Stack.of([len(d)])) for d in documents]
    for number, column in enumerate(together):
        assert column.tolist() == [value for one in alone for value in one[number].tolist()]


def test_columns_see_names_repeats_and_place():
    story = "Marta Lind repaired the tide mill, and the council of Ostby paid for the wheel in May."
    text = f"{story}\nShop now\nMarta Lind\nShop now\n"
    table = columns_of(text)
    assert table["prose"].tolist() == [1, 0, 0, 0]
    assert table["times"].tolist() == [1, 2, 1, 2]
    assert table["again"].tolist() == [0, 0, 0, 1]
    assert table["names_shared_prose"].tolist()[2] == 1000
    assert table["prose_after"].tolist() == [0, 0, 0, 0]
    assert table["since_prose"].tolist() == [99, 1, 2, 3]


def test_the_file_knows_every_column_that_it_asks_for():
    table = columns_of("A story.\nShop now\n")
    assert MAIN in table
    assert rows(table, MODEL.columns).shape == (2, len(MODEL.columns))


@given(texts)
def test_probabilities_are_probabilities(text):
    (judged,) = MODEL.judge([view_of(text)], [[]], 0.0)
    assert all(0 < j.probability < 1 and j.reason.endswith(".") for j in judged)
    assert len(judged) == len(Units.of(view_of(text).table))


def test_probabilities_rise_with_the_score():
    values = MODEL.calibrated(np.arange(-9000, 9000, 50))
    assert (np.diff(values) >= 0).all()


def test_saving_gives_the_same_bytes_and_loading_the_same_model(tmp_path):
    for name in ("a.npz", "b.npz"):
        save(MODEL, tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    again = load(tmp_path / "a.npz")
    view = view_of("The boats are back.\nSubscribe to our newsletter today!\n")
    assert again.judge([view], [[]], 0.0) == MODEL.judge([view], [[]], 0.0)


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04broken"])
def test_a_broken_file_is_named(tmp_path, content):
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.npz"):
        load(path)


def test_a_model_whose_reasons_would_lack_facts_is_not_read(tmp_path):
    path = tmp_path / "model.npz"
    save(replace(MODEL, columns=tuple("words" if name == "final" else name for name in MODEL.columns)), path)
    with pytest.raises(ModelError, match="reasons need the columns final"):
        load(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match="nowhere"):
        Cleaner(Config.make(model=tmp_path / "nowhere.npz"))


def test_every_column_has_a_kind_of_evidence():
    assert {group_of(name) for name in MODEL.columns} == {
        "claims",
        "wording",
        "fit",
        "again",
        "place",
        "company",
        "shape",
    }


def test_a_reason_says_only_what_is_true():
    facts = {name: int(column[1]) for name, column in columns_of("A story.\nShop now!\n").items()}
    said = explain(Category.PROMO, 0.93, {"shape": 900, "again": 800, "fit": 10}, facts)
    assert said == "Looks like a call to action or a pitch (0.93): an exclamation mark."


def test_without_a_model_only_rules_and_structure_claim():
    text = "The mill turned again in May.\n\nSubscribe to our newsletter!\n"
    result = RULES.clean(text)
    assert {r.detector for r in result.removals} <= {"phrase", "run", "tail", "between", "support", ""} | {
        r.detector for r in result.removals if r.category is Category.TIDY
    }
    assert all(stamp.name != "model" for stamp in result.record().packs)


def test_the_record_names_the_model_that_had_a_say():
    story = "The mill turned again in May, and the miller's daughter opened the sluice herself."
    text = f"{story}\n\nSubscribe to our newsletter!\n"
    record = cleaner.clean(text).record()
    said = [r for r in record.removals if r.detector == "model"] + [k for k in record.kept if k.detector == "model"]
    stamps = [stamp for stamp in record.packs if stamp.name == "model"]
    assert bool(said) == bool(stamps)
    assert all(stamp.sha256 == MODEL.sha256 for stamp in stamps)


@pytest.mark.parametrize("damage", [None, b"", b"nonsense\n", b"00000000\nnonsense"])
def test_a_model_is_kept_unpacked_and_read_anew_where_that_is_damaged(tmp_path, monkeypatch, damage):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    first = load()
    (kept,) = tmp_path.iterdir()
    sound = kept.read_bytes()
    if damage is not None:
        kept.write_bytes(damage)
    again = load()
    assert kept.read_bytes() == sound
    assert again.sha256 == first.sha256
    assert (again.weights.table == first.weights.table).all()
    assert (again.forest.values == first.forest.values).all()
