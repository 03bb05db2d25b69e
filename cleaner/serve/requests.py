"""What a client may ask for: one document with the settings for it, as JSON."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag, TypeAdapter, ValidationError

from cleaner.config import Config, Mode
from cleaner.html.extractor import Extractor
from cleaner.model import Category
from cleaner.serve.problems import Declined, Kind, Mishap

Language = Annotated[str, StringConstraints(pattern="^[a-z]{2,3}$")]
Site = Annotated[str, StringConstraints(min_length=1, max_length=253)]
#: So many mistakes of a request are named at most.
_MOST_ERRORS = 20


class _Asked(BaseModel):
    """What is the same for texts and pages."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    id: str = Field("", max_length=2048, description="What the answer and its record call the document.")
    url: str | None = Field(None, max_length=8192, description="Where it was found; a hint.")
    title: str | None = Field(None, max_length=4096, description="Its title; a hint.")
    mode: Mode | None = Field(None, description="How sure to be before something goes.")
    threshold: float | None = Field(
        None, gt=0, le=1, description="The least confidence that removes, instead of the mode's."
    )
    also: list[Category] = Field([], max_length=32, description="Remove these categories too.")
    keep: list[Category] = Field([], max_length=32, description="Don't remove these categories.")
    sites: list[Site] = Field([], max_length=32, description="Use the rules for these hosts as well.")
    languages: list[Language] = Field([], max_length=32, description="Use only the rules for these and for any.")
    tidy: bool | None = Field(None, description="Take superfluous blank lines and trailing blanks out as well.")

    def settings(self, base: Config) -> Config:
        """The service's own settings, with what this request asks for on top. Raises ``ConfigError``."""
        return Config.make(
            base=base,
            mode=self.mode,
            threshold=self.threshold,
            also=self.also,
            keep=self.keep,
            sites=[*base.sites, *self.sites],
            languages=self.languages or None,
            tidy=self.tidy,
        )


class TextRequest(_Asked):
    """A text to clean."""

    text: str = Field(description="The article as it was scraped.")


class HtmlRequest(_Asked):
    """A web page whose text is to be extracted and cleaned."""

    html: str = Field(description="The page.")
    extractor: Extractor = Field(Extractor.TRAFILATURA, description="What takes the text from the page.")


def _kind(value: Any) -> str:
    return "html" if isinstance(value, Mapping) and "html" in value else "text"


CleanRequest = TextRequest | HtmlRequest
_ADAPTER: TypeAdapter[CleanRequest] = TypeAdapter(
    Annotated[Annotated[TextRequest, Tag("text")] | Annotated[HtmlRequest, Tag("html")], Discriminator(_kind)]
)


def parse(body: bytes) -> CleanRequest:
    """Read a request. Raises ``Declined`` for what is not JSON in UTF-8, or does not say what it has to.

    Nothing of what was sent is repeated, so that no article gets into logs that way.

    >>> parse(b'{"text": "A story."}').text
    'A story.'
    """
    try:
        return _ADAPTER.validate_json(body)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False, include_context=False)
    if problems[0]["type"] == "json_invalid":
        raise Declined(
            Mishap(Kind.BAD_JSON, f"{problems[0]['msg']}; send one object in UTF-8, without lone surrogates")
        )
    listed = tuple((_field(p["loc"]), p["msg"]) for p in problems[:_MOST_ERRORS])
    advice = "send an object with the document as text, or as html, but not both, and with known settings"
    raise Declined(Mishap(Kind.INVALID, advice, listed))


def _field(location: tuple[int | str, ...]) -> str:
    """The name of a field, without the kind of request that stands before it; made-up names are cut short."""
    return ".".join(str(part)[:60] for part in location[1:])
