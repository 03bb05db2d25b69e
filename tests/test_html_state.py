import json

import pytest
from support_html import ARTICLE, PARAGRAPHS, SHORT_ARTICLE, article, page

import cleaner
from cleaner.html import state
from cleaner.html.extraction import extract


def says(html):
    return extract(html).incomplete


def ld(**fields):
    content = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", **fields})
    return f'<title>Harbour open again</title><script type="application/ld+json">{content}</script>'


def test_a_whole_article_is_not_reported():
    assert says(article(ARTICLE)) == ()
    assert says(article(SHORT_ARTICLE)) == ()


@pytest.mark.parametrize("html", ["", "   ", "<html></html>", b"", "<!-- -->", "\0"])
def test_a_page_without_text_is_reported(html):
    result = cleaner.clean_html(html)
    assert (result.text, result.incomplete) == ("", (state.EMPTY,))


@pytest.mark.parametrize(
    "body",
    [
        '<div id="root"></div><script src="app.js"></script>',
        '<div id="__next"></div><script>window.x = "<p>The harbour</p>"</script>',
        "<noscript>You need to enable JavaScript to run this app.</noscript><div></div>",
        "<p>Bitte aktivieren Sie JavaScript, um diese Seite zu sehen.</p>",
        "<noscript>Veuillez activer JavaScript pour continuer.</noscript>",
        "<p>Debe habilitar JavaScript para ver esta página.</p>",
        "<p>Per favore abilita JavaScript per continuare.</p>",
        "<p>Ative o JavaScript para ver esta página.</p>",
        "<p>Schakel JavaScript in om verder te gaan.</p>",
        "<p>Włącz obsługę JavaScript, aby zobaczyć tę stronę.</p>",
    ],
)
def test_a_page_made_by_scripts_is_reported(body):
    assert says(page(body)) == (state.SCRIPT_ONLY,)


def test_an_article_in_the_root_of_an_app_or_with_a_noscript_is_not_reported():
    noscript = "<noscript>Please enable JavaScript to see the comments.</noscript>"
    assert says(page(f'<div id="root"><article>{SHORT_ARTICLE}</article></div>{noscript}')) == ()
    assert says(article(SHORT_ARTICLE + noscript) + '<div id="app"></div>') == ()


def test_a_short_article_with_a_noscript_for_its_comments_is_not_reported():
    noscript = "<noscript>Please enable JavaScript to view the comments.</noscript>"
    assert says(article(f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>{noscript}")) == ()


def test_an_article_on_how_to_enable_scripts_is_not_reported():
    text = f"<p>Many sites ask you to enable JavaScript. Here is how it is done.</p>{SHORT_ARTICLE}"
    assert says(article(text)) == ()


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Just a moment...", "Checking your browser before you go to news.example. Verify that you are human."),
        ("Attention Required! | Shield", "Please complete the security check to go on to news.example."),
        ("Einen Moment, bitte", "Wir überprüfen Ihren Browser, bevor es weitergeht."),
        ("Un instant", "Vérification de votre navigateur avant l'accès à journal.example."),
    ],
)
def test_a_check_for_robots_is_reported(title, text):
    assert says(page(f"<h1>{title}</h1><p>{text}</p>", f"<title>{title}</title>")) == (state.ROBOT_CHECK,)


def test_a_short_text_of_that_title_that_checks_nobody_is_not_reported():
    assert says(article(f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>", "<title>Just a Moment</title>")) == ()


@pytest.mark.parametrize(
    "title",
    [
        "404 Not Found",
        "403 Forbidden",
        "Page not found - The Ledger",
        "Error 404 (Not Found)!!",
        "Access Denied",
        "503 Service Temporarily Unavailable",
        "Seite nicht gefunden | Hafenblatt",
        "Page introuvable",
        "Página no encontrada – El Puerto",
        "Pagina non trovata",
        "Página não encontrada",
        "Pagina niet gevonden",
        "Nie znaleziono strony",
    ],
)
def test_an_error_page_is_reported(title):
    body = f"<h1>{title}</h1><p>What you are looking for is not here. It may have moved.</p>"
    assert says(page(body, f"<title>{title}</title>")) == (state.ERROR_PAGE,)


@pytest.mark.parametrize("title", ["Why 404 pages matter", "Access denied to the harbour for three days", "Not found"])
def test_an_article_with_such_a_title_is_not_reported(title):
    assert says(article(ARTICLE, f"<title>{title}</title>")) == ()


CONSENT = {
    "en": "We use cookies and similar tools. We and our 84 partners store and/or access information on a device. "
    "By clicking Accept all you agree to this. You can manage your preferences or withdraw your consent at any time.",
    "de": "Wir verwenden Cookies auf dieser Seite. Wir und unsere 84 Partner verarbeiten Daten auf Ihrem Gerät. "
    "Alle akzeptieren. Sie können Ihre Einwilligung jederzeit in den Cookie-Einstellungen widerrufen.",
    "fr": "Nous utilisons des cookies sur ce site. Nous et nos 84 partenaires traitons des données sur votre appareil. "
    "Tout accepter. Vous pouvez retirer votre consentement et changer vos choix. Continuer sans accepter.",
    "es": "Utilizamos cookies en este sitio. Nosotros y nuestros 84 socios guardamos datos en su dispositivo. "
    "Aceptar todo. Puede retirar su consentimiento o configurar las cookies.",
    "it": "Utilizziamo i cookie su questo sito. Noi e i nostri 84 partner conserviamo dati sul tuo dispositivo. "
    "Accetta tutto. Puoi ritirare il tuo consenso o gestisci le opzioni con le tue preferenze.",
    "pt": "Nós e os nossos 84 parceiros guardamos dados no seu dispositivo. Aceitar tudo. Pode retirar o seu "
    "consentimento ou gerir cookies a qualquer momento.",
    "nl": "Wij gebruiken cookies op deze site. Wij en onze 84 partners bewaren gegevens op uw apparaat. "
    "Alles accepteren. U kunt uw toestemming altijd intrekken.",
    "pl": "My i nasi 84 partnerzy przechowujemy dane na urządzeniu. Używamy plików cookie. Zaakceptuj wszystkie. "
    "Swoją zgodę można wycofać, zmieniając ustawienia plików cookie.",
}


@pytest.mark.parametrize("language", CONSENT)
def test_a_consent_wall_is_reported_with_its_text(language):
    found = extract(page(f"<main><h2>Your privacy</h2><p>{CONSENT[language]}</p></main>"))
    assert found.incomplete == (state.CONSENT_WALL,)
    assert found.text


def test_an_article_about_cookies_is_not_reported():
    text = (
        "<p>The regulator has fined a shop in the harbour for its cookie banner. Visitors could accept all cookies "
        "with one click, but had to go through four pages to reject all of them.</p><p>The shop, which sells nets and "
        "ropes, says that it did not know of the rule, and that the banner came with the software it had bought.</p>"
        "<p>“We use cookies for the basket and for nothing else,” said its owner. The fine is due in June.</p>"
    )
    assert says(article(text)) == ()


def test_an_article_beside_a_cookie_banner_is_not_reported():
    banner = f'<div id="cookie-banner"><p>{CONSENT["en"]}</p><button>Accept all</button></div>'
    assert says(page(f"{banner}<main><article>{SHORT_ARTICLE}</article></main>")) == ()


def test_a_stub_of_a_paid_article_is_reported():
    stub = f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>"
    assert says(article(stub, ld(isAccessibleForFree=False))) == (state.PAID,)
    assert says(article(stub, ld(isAccessibleForFree="False"))) == (state.PAID,)
    graph = json.dumps({"@graph": [{"@type": "Person"}, {"@type": "Article", "isAccessibleForFree": False}]})
    assert says(article(stub, f'<script type="application/ld+json">{graph}</script>')) == (state.PAID,)


def test_a_paid_article_that_is_shorter_than_it_says_is_reported():
    assert says(article(ARTICLE, ld(isAccessibleForFree=False, wordCount=900))) == (state.PAID,)


@pytest.mark.parametrize("fields", [{}, {"wordCount": 380}, {"wordCount": "many"}])
def test_a_paid_article_that_is_there_in_full_is_not_reported(fields):
    assert says(article(ARTICLE, ld(isAccessibleForFree=False, **fields))) == ()


def test_a_paid_part_that_is_there_is_not_reported():
    fields = {"isAccessibleForFree": False, "hasPart": {"isAccessibleForFree": False, "cssSelector": ".paid"}}
    paid = f'<div class="body paid">{SHORT_ARTICLE}</div>'
    assert says(article(f"<p>Harbour open.</p>{paid}", ld(**fields))) == ()
    assert says(article(f"<p>{PARAGRAPHS[0]}</p><div class='paid'></div>", ld(**fields))) == (state.PAID,)


@pytest.mark.parametrize(
    "words",
    [
        "Subscribe to continue reading",
        "Jetzt abonnieren und weiterlesen",
        "Pour lire la suite, abonnez-vous",
        "Suscríbete para seguir leyendo",
        "Abbonati per continuare a leggere",
        "Assine para continuar lendo",
        "Alleen voor abonnees: lees verder",
        "Kup dostęp, aby czytać dalej",
    ],
)
def test_a_stub_above_a_paywall_is_reported(words):
    wall = f'<div class="article-paywall box"><h3>{words}</h3></div>'
    assert says(article(f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>{wall}")) == (state.PAID,)


def test_an_article_beside_a_pitch_for_subscriptions_is_not_reported():
    wall = '<div class="paywall"><h3>Subscribe to continue reading</h3></div>'
    assert says(article(ARTICLE + wall)) == ()
    pitch = '<div class="newsletter-box"><h3>Sign up to read more such stories in our newsletter</h3></div>'
    assert says(article(SHORT_ARTICLE + pitch)) == ()
    hidden = '<div class="paywall" hidden><h3>Subscribe to continue reading</h3></div>'
    assert says(article(SHORT_ARTICLE + hidden)) == ()


def test_json_that_is_none_or_nested_without_end_says_nothing():
    for content in ("{", "[" * 100_000, "1", '"isAccessibleForFree"', "[1, null]", '{"@graph": 3}'):
        assert says(article(ARTICLE, f'<script type="application/ld+json">{content}</script>')) == ()


def test_a_page_that_the_parser_gave_up_on_is_reported():
    assert says(article(ARTICLE + "<div>" * 300 + ARTICLE)) == (state.CUT,)
