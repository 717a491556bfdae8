"""Sentences of the server, in English and as code and values: how a page says them in the viewer's language."""

import strawberry
from strawberry.scalars import JSON

from app.core import phrases


@strawberry.type(
    description="A sentence of the server: in English, and as code and values for another language. docs/errors.md tells how."
)
class Phrase:
    message: str = strawberry.field(description="The sentence in English, as in the field beside this one.")
    code: str | None = strawberry.field(
        description="Which sentence it is: one of codes.json; null for one that was stored before sentences had codes."
    )
    params: JSON = strawberry.field(
        description="Object: the values in it by name. A part that is a sentence itself is {message, code, params}."
    )

    @classmethod
    def of(cls, text: str) -> "Phrase":
        """From a sentence, with or without a code."""
        told = phrases.to_json(text)
        return cls(
            message=str(text),
            code=None if told is None else str(told["code"]),
            params=JSON({} if told is None else told["params"]),
        )


def phrase_of(text: str | None) -> Phrase | None:
    """The same, or None for none."""
    return None if text is None else Phrase.of(text)


def extension(message: str) -> dict[str, object]:
    """What an error of GraphQL has beside its message: `phrase`, where the sentence has a code."""
    told = phrases.to_json(message)
    return {} if told is None else {"phrase": told}
