import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.html.decode import charset_of, decode_page
from cleaner.html.limits import MAX_PAGE

POLISH = "<p>Zażółć gęślą jaźń, mówi stary rybak. Świat się zmienia, a port został zamknięty."
RUSSIAN = "<p>Гавань открылась в понедельник после шторма. Корабли ждали несколько дней."
JAPANESE = "<p>今日のニュースです。続きを読む。港は月曜日に再開した。"
CHINESE = "<p>港口星期一重新开放，船只等了好几天。"
FRENCH = "<p>L’été dernier, les élèves ont été reçus à Paris où ça va, et l’on a dîné sur la péniche."


def meta(label):
    return f"<html><head><meta charset={label}></head><body>"


@pytest.mark.parametrize(
    ("head", "text", "codec", "expected"),
    [
        (meta("utf-8"), FRENCH, "utf-8", "utf-8"),
        (meta("windows-1250"), POLISH, "cp1250", "cp1250"),
        ("<meta http-equiv='Content-Type' content='text/html; charset=koi8-r'>", RUSSIAN, "koi8-r", "koi8-r"),
        ('<?xml version="1.0" encoding="iso-8859-2"?><html>', POLISH, "iso-8859-2", "iso8859-2"),
        (meta("Shift_JIS"), JAPANESE + "①", "cp932", "cp932"),
        (meta("gb2312"), CHINESE + "镕", "gb18030", "gb18030"),
        (meta("iso-2022-jp"), JAPANESE, "iso-2022-jp", "iso2022_jp"),
        (f"<!-- {meta('koi8-r')} -->{meta('utf-8')}", RUSSIAN, "utf-8", "utf-8"),
    ],
)
def test_a_page_says_its_charset_itself(head, text, codec, expected):
    page = head + text
    assert decode_page(page.encode(codec)).text == page
    assert decode_page(page.encode(codec)).encoding == expected


def test_latin_1_means_what_browsers_take_it_for():
    page = meta("iso-8859-1") + FRENCH
    assert decode_page(page.encode("cp1252")).text == page


def test_the_server_goes_before_the_page():
    page = meta("koi8-r") + RUSSIAN
    assert decode_page(page.encode("cp1251"), "text/html; charset=windows-1251").text == page


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-8"])
def test_a_byte_order_mark_decides_and_is_no_text(codec):
    page = meta("koi8-r") + RUSSIAN
    assert decode_page(f"\ufeff{page}".encode(codec), "koi8-r").text == page


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(codec):
    page = meta("utf-16") + RUSSIAN
    assert decode_page(page.encode(codec)).text == page


@pytest.mark.parametrize("label", ["utf-8", "no-such-thing", "utf-7", "x-user-defined", "replacement", "base64", ""])
def test_a_charset_that_does_not_decode_the_page_loses_to_what_it_looks_like(label):
    text = RUSSIAN * 3
    assert decode_page((meta(label) + text).encode("cp1251")).text.endswith(text)


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1251", "gb2312", "shift_jis"])
def test_bytes_that_are_plainly_utf_8_are_that_whatever_is_declared(label):
    page = meta(label) + FRENCH * 3
    assert decode_page(page.encode(), label).text == page


def test_two_letters_that_are_utf_8_by_accident_stay_what_they_were_declared():
    page = meta("gb2312") + "<p>联通"
    assert decode_page(page.encode("gbk")).text == page


def test_utf_16_in_a_page_that_can_be_read_as_ascii_means_utf_8():
    page = meta("utf-16") + FRENCH
    assert decode_page(page.encode()).text == page


def test_a_broken_byte_leaves_the_encoding_as_it_is():
    page = decode_page(meta("utf-8").encode() + (FRENCH * 5).encode() + b" \xe9 " + FRENCH.encode())
    assert page.encoding == "utf-8"
    assert page.text.endswith(f" \ufffd {FRENCH}")


def test_a_single_letter_in_another_encoding_is_enough_to_tell():
    assert decode_page("<p>The café by the harbour reopened on Monday.".encode("cp1252")).text.startswith("<p>The café")


def test_a_page_cut_off_within_a_character_is_still_utf_8():
    page = "<p>The café".encode()[:-1]
    assert decode_page(page).text == "<p>The caf"


def test_replacement_characters_of_the_page_itself_do_not_count_as_broken():
    page = meta("utf-8") + "<p>The caf\ufffd by the harbour"
    assert decode_page(page.encode()).text == page


def test_characters_that_no_parser_takes_are_left_out():
    assert decode_page("\ufeff<p>a\0b\x01c\x0cd\ud800e\uffff").text == "<p>abc d\ufffde"
    assert decode_page(b"<p>a\0b\x1b[31mc").text == "<p>ab[31mc"


def test_a_page_saved_with_its_compression():
    data = gzip.compress((meta("utf-8") + FRENCH).encode())
    assert decode_page(data).text == meta("utf-8") + FRENCH
    assert decode_page(data[:-20]).text.startswith("<html>")
    assert decode_page(b"\x1f\x8b\x08 is no gzip").encoding


def test_the_charset_of_a_content_type():
    assert charset_of("text/html;Charset='utf-8' ; x=y") == "utf-8"
    assert charset_of("text/html") is None
    assert charset_of(None) is None


@given(st.binary(max_size=300), st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["utf-16", "gbk", "big5"])))
def test_any_bytes_become_characters_that_lxml_takes(data, charset):
    from lxml import etree

    text = decode_page(data, charset).text
    element = etree.Element("p")
    element.text = text
    assert element.text == text


def test_pictures_within_a_page_are_left_out():
    picture = "iVBORw0KGgo" * 1000 + "=="
    assert (
        decode_page(f"<img src='data:image/png;base64,{picture}'><p>a").text == "<img src='data:image/png;base64,'><p>a"
    )
    assert decode_page("<p>;base64,abc").text == "<p>;base64,abc"


def test_empty_elements_of_xhtml_do_not_take_the_rest_of_the_page():
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><script src="a.js"/><title /><script>b</script><p a="x"/>'
    expected = page.replace('"a.js"/>', '"a.js"></script>').replace("<title />", "<title ></title>")
    assert decode_page(page).text == expected
    assert decode_page("<script src=a.js/>").text == "<script src=a.js/>"


def test_a_page_that_is_packed_to_nothing_is_not_unpacked_without_end():
    assert len(decode_page(gzip.compress(b"<p>" * 20_000_000, 1)).text) == MAX_PAGE + 1
