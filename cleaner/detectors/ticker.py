"""Stock tickers and price strips that stand as lines of their own."""

import re
from collections.abc import Iterator

from cleaner.detectors.base import line_claim
from cleaner.model import Category, Detection
from cleaner.view import View

_EXCHANGE = r"(?:NYSE(?: ?American| ?Arca)?|NASDAQ(?:GS|GM|CM)?|Nasdaq|AMEX|OTC(?:MKTS|QB|QX|PK)?|TSX(?:-?V)?|CSE|LSE|LON|ASX|NSE|BSE|FRA|ETR|XETRA|EPA|AMS|HKG|HKEX|SEHK|TYO|JSE|SGX|KRX|CRYPTO|INDEXSP|INDEXDJX)"
_SYMBOL = rf"\(?{_EXCHANGE}\s?:\s?[A-Z0-9.]{{1,6}}\)?"
_ONLY_SYMBOLS = re.compile(rf"^\W*(?:{_SYMBOL}|\$[A-Z]{{1,5}})(?:[\s,;|/•·]+(?:{_SYMBOL}|\$[A-Z]{{1,5}}))*\W*$")
_CHANGE = r"[+\-−–▲▼△▽↑↓]\s?\$?\d[\d.,]*\s?%?|\(\s?[+\-−–]?\s?\d[\d.,]*\s?%\s?\)|[+\-−–]?\d+[.,]\d+\s?%"
_QUOTE = re.compile(
    rf"^\W*(?:{_SYMBOL}|\$?[A-Z]{{1,5}}|(?:[A-Z][\w&.']*\s?){{1,4}})\s*[:|]?\s*[$€£¥]?\s?\d[\d.,]*\s*[|,]?\s*(?:{_CHANGE})(?:\s*[|,]?\s*(?:{_CHANGE}))?\W*$"
)
_MOST_CHARACTERS = 160


class TickerDetector:
    """Claims lines that hold nothing but exchange symbols, or a name, a price and its change."""

    name = "ticker"

    def detect(self, view: View) -> Iterator[Detection]:
        """Claims about whole lines; symbols inside a sentence are the author's."""
        for number in view.filled:
            text = view.facts[number].text
            if len(text) > _MOST_CHARACTERS or "|" in text.strip()[:1]:
                continue
            if (":" in text or "$" in text) and _ONLY_SYMBOLS.match(text.strip()):
                yield line_claim(view, number, Category.TICKER, 0.85, "Only ticker symbols stand here.", self.name)
            elif "%" in text and _QUOTE.match(text.strip()):
                reason = "A name, a price and its change, as a quote strip shows them."
                yield line_claim(view, number, Category.TICKER, self._quote(view, number), reason, self.name)

    def _quote(self, view: View, number: int) -> float:
        """A strip beside others may be the article's own table of prices; alone in the tail or head it is not."""
        return 0.85 if view.in_tail(number) or view.in_head(number) else 0.6
