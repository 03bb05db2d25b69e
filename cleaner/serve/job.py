"""One document, from the bytes of a request to the bytes of the answer; this runs in a worker process."""

import traceback
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from cleaner.config import Config
from cleaner.errors import CleanerError, RoundTripError
from cleaner.pipeline import Cleaner
from cleaner.result import CleanResult
from cleaner.serve.answers import result_json
from cleaner.serve.problems import Declined, Kind, Mishap
from cleaner.serve.requests import CleanRequest, HtmlRequest, parse

# Clients may ask for many different settings, and a cleaner takes some 10 MB.
_CLEANERS = 8


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a document: the JSON of its result, or what went wrong.

    ``trouble`` names the error and where in the code it was raised, without any text; ``said`` is the error's own
    message, which may hold some. ``removals`` counts by category, ``characters`` are the source's.
    """

    result: bytes = field(default=b"", repr=False)
    mishap: Mishap | None = None
    trouble: tuple[str, ...] = ()
    said: str = ""
    characters: int = 0
    removals: tuple[tuple[str, int], ...] = ()


class Work:
    """Cleans documents with the service's settings and what each request says on top.

    Raises ``PackError`` or ``ModelError`` if these cannot be used.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._cleaner = lru_cache(_CLEANERS)(Cleaner)
        self._cleaner(config).clean("The first document takes longer.\n")

    def __call__(self, body: bytes) -> Done:
        """Clean the document of a request; whatever happens, there is an answer."""
        try:
            result = self._clean(parse(body))
            return Done(
                result_json(result),
                characters=len(result.document.text),
                removals=tuple(Counter(r.category.value for r in result.removals).items()),
            )
        except Declined as declined:
            return Done(mishap=declined.mishap)
        except RoundTripError as error:
            return _failed(error)
        except CleanerError as error:
            return Done(mishap=Mishap(Kind.REFUSED, str(error)))
        except Exception as error:  # A bug, which is to cost this document and no other.
            return _failed(error)

    def _clean(self, request: CleanRequest) -> CleanResult:
        cleaner = self._cleaner(request.settings(self._config))
        if isinstance(request, HtmlRequest):
            found = cleaner.extract(request.html, request.url, extractor=request.extractor)
            return cleaner.clean_extraction(found, request.id, request.title)
        return cleaner.clean(request.text, request.url, request.title, id=request.id)


def _failed(error: Exception) -> Done:
    """The answer where there is a bug."""
    name = type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    trouble = (name, *(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames))
    detail = f"{name} was raised, which is a bug; the log has the place, so please report it"
    return Done(mishap=Mishap(Kind.FAILED, detail), trouble=trouble, said=str(error))
