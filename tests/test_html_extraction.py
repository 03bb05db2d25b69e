import pytest
from support_html import ARTICLE, PARAGRAPHS, article

import cleaner
from cleaner import extras
from cleaner.errors import ConfigError
from cleaner.html.extraction import extract
from cleaner.html.extractor import Extractor

HEAD = (
    "<title>Harbour open again | The Ledger</title><meta name=author content='Ann Quay'>"
    "<meta property='article:published_time' content='2024-03-05T08:00:00Z'>"
    "<link rel=canonical href='https://ledger.example/harbour'>"
)


@pytest.mark.parametrize("extractor", Extractor)
def test_a_page_says_where_it_is_from_who_wrote_it_and_when(extractor):
    page = cleaner.clean_html(article(ARTICLE, HEAD), extractor=extractor).record().page
    assert (page.extractor, page.url, page.date) == (extractor, "https://ledger.example/harbour", "2024-03-05")
    assert page.author == "Ann Quay"
    assert page.title.startswith("Harbour open again")


@pytest.mark.parametrize("extractor", Extractor)
def test_the_url_that_is_given_goes_before_the_page_s_own(extractor):
    found = extract(article(ARTICLE, HEAD), "https://example.com/x", extractor)
    assert found.page.url == "https://example.com/x"


@pytest.mark.parametrize("extractor", Extractor)
def test_cleaning_the_text_of_a_page_again_changes_nothing(extractor):
    text = f"{ARTICLE}<p>Advertisement</p><p>Follow us on Twitter and Facebook</p>"
    result = cleaner.clean_html(article(text), extractor=extractor)
    assert "Advertisement" not in result.text
    assert result.restore() == result.document.text
    assert cleaner.clean(result.text, url=result.document.url, title=result.document.title).text == result.text
    for paragraph in PARAGRAPHS:
        assert paragraph in result.text


@pytest.mark.parametrize("extractor", Extractor)
def test_the_charset_of_the_server_decodes_the_page_and_is_in_the_record(extractor):
    html = f"<html><body><article><p>Der Fährmann übersetzte zwölf Gäste.</p>{ARTICLE}</article></body></html>"
    found = extract(html.encode("cp1250"), extractor=extractor, charset="text/html; charset=windows-1250")
    assert "Der Fährmann übersetzte zwölf Gäste." in found.text
    assert found.page.encoding == "cp1250"
    assert extract(html, extractor=extractor).page.encoding is None


def test_an_extractor_that_is_not_there_is_named_with_what_to_install(monkeypatch):
    def missing(name, *args, **kwargs):
        if name.startswith("resiliparse"):
            raise ImportError(f"No module named {name!r}")
        return real(name, *args, **kwargs)

    real = extras.import_module
    monkeypatch.setattr(extras, "import_module", missing)
    with pytest.raises(ConfigError, match=r"--extractor resiliparse needs .*article-cleaner\[fast\]"):
        extract("<p>x", extractor=Extractor.RESILIPARSE)
    with pytest.raises(ConfigError, match="'other' is not one of trafilatura, resiliparse"):
        Extractor.named("other")
