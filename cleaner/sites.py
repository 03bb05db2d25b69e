"""The sites of documents."""

from collections.abc import Iterable
from urllib.parse import urlsplit


def on_site(host: str, sites: Iterable[str]) -> bool:
    """Whether one of a document's sites is a host or lies below it.

    >>> on_site("news.example", ["m.news.example"]), on_site("news.example", ["old-news.example"])
    (True, False)
    """
    return any(site == host or site.endswith("." + host) for site in sites)


def site_of(url: str | None) -> tuple[str, ...]:
    """The host of a url, without ``www.``, or nothing.

    >>> site_of("https://www.example.com/a")
    ('example.com',)
    """
    if not url:
        return ()
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname
    except ValueError:
        return ()
    return (host.removeprefix("www."),) if host else ()
