"""Stock tickers and price strips that stand as lines of their own."""

from collections.abc import Iterator

from cleaner.detectors.base import line_claim
from cleaner.facts import QUOTING
from cleaner.fold import fold
from cleaner.matching.whole import whole
from cleaner.model import Category, Detection
from cleaner.view import View

_EXCHANGE = (
    r"(?:NYSE(?: ?American| ?Arca)?|NASDAQ(?:GS|GM|CM)?|Nasdaq|AMEX|OTC(?:MKTS|QB|QX|PK)?|TSX(?:-?V)?|CSE|LSE|LON|ASX|"
    r"NSE|BSE|FRA|ETR|XETRA|EPA|AMS|HKG|HKEX|SEHK|TYO|JSE|SGX|KRX|CRYPTO|INDEXSP|INDEXDJX)"
)
_SYMBOL = rf"\(?{_EXCHANGE}\s?:\s?[A-Z0-9.]{{1,6}}\)?"
_CASHTAG = r"\$[A-Z]{1,5}"
_LIST = rf"\W*(?:{_SYMBOL}|{_CASHTAG})(?:[\s,;|/-]+(?:{_SYMBOL}|{_CASHTAG}))*\W*"
_NAME = r"[A-Z][\w&.']*(?: [A-Z][\w&.']*){0,3}(?: \d{2,4})?"
_CHANGE = r"(?:[-+▲▼△▽↑↓]\s?\$?\d[\d.,]*\s?%?|\(\s?[-+]?\s?\d[\d.,]*\s?%\s?\)|[-+]?\d+[.,]\d+\s?%)"
_SEPARATOR = r"\s*[:|,]?\s*"
_PRICE = r"[$€£¥]?\s?\d[\d.,]*"
_QUOTE = rf"\W*(?:{_SYMBOL}|\$?{_NAME}){_SEPARATOR}{_PRICE}{_SEPARATOR}{_CHANGE}(?:{_SEPARATOR}{_CHANGE})?\W*"


class TickerDetector:
    """Claims lines that hold nothing but exchange symbols, or a name, a price and its change."""

    name = "ticker"

    def detect(self, view: View) -> Iterator[Detection]:
        """Claims about whole lines; symbols inside a sentence, and rows of a table, are the author's."""
        for number in view.table.having(QUOTING):
            text = fold(view.table.text_of(number).strip())
            if (":" in text or "$" in text) and whole(_LIST)(text):
                reason = "Only ticker symbols stand here."
                yield line_claim(view, number, Category.TICKER, self._by_place(view, number), reason, self.name)
            elif "%" in text and whole(_QUOTE)(text):
                reason = "A name, a price and its change, as a quote strip shows them."
                yield line_claim(view, number, Category.TICKER, self._by_place(view, number), reason, self.name)

    def _by_place(self, view: View, number: int) -> float:
        """Among the prose they may be the article's own list of companies or prices; before or after it, not."""
        return 0.85 if view.in_tail(number) or view.in_head(number) else 0.6
