from array import array

import pytest

from cleaner.matching.program import FORMAT, dump, program


def numbers(expression, **settings):
    return array("i", program(expression, **{"case": True, **settings}).data).tolist()


def test_a_program_begins_with_its_form_and_sizes():
    form, instructions, start, cuts, kinds, sets = numbers("ab")[:6]
    assert (form, instructions, start, cuts, kinds, sets) == (FORMAT, 3, 2, 4, 3, 3)


def test_equal_endings_are_written_once():
    assert numbers("(?:read|lead)ing")[1] < numbers("readingleading")[1]


def test_equal_beginnings_are_written_once():
    assert numbers("sign up|sign in|sign on")[1] == numbers("sign (?:up|in|on)")[1]


def test_a_gap_is_one_instruction():
    assert numbers(".{0,300}")[1] == numbers(".{0,3}")[1]


@pytest.mark.parametrize(
    "expression",
    [
        r"(?m)^a",
        r"\C",
        r"(?:(?:a{1,100}b){1,100}c){1,100}",
        "["
        + "".join(chr(0x4E00 + 2 * n) for n in range(300))
        + "]"
        + "".join(f"{chr(0x4E00 + 2 * n)}" for n in range(300)),
        r"\B",
        r"x?\B|y",
        "(" * 200 + ")" * 200,
    ],
)
def test_what_the_core_has_not_is_left_to_re2(expression):
    assert program(expression, case=True) is None


@pytest.mark.parametrize(
    "expression",
    ["a**", "*a", "(?:|*)", "(?=a)", "(?<!a)b", "(a", "a)", r"\1", r"\q", r"\é", "[b-a]", "[a", r"[\q]", "a{2,1}",
     "a{1001}", r"\pX", r"\p{Nowhere}", "[[:nowhere:]]", r"\x{110000}", "\\", "[\\"],
)  # fmt: skip
def test_what_re2_refuses_is_not_translated(expression):
    assert program(expression, case=True) is None


def test_repeats_of_nothing_take_no_time():
    assert numbers("(?:(?:(?:){1000}){1000}){1000}a")[1] == 2


def test_missing_programs_leave_no_trace_but_their_place():
    one = program("a", case=True)
    size = len(one.data) // 4
    assert array("i", dump([None, one, None]))[:4].tolist() == [3, 0, size, size]
