"""Sentences are English text that knows its code and values, and forget neither on their way."""

from dataclasses import dataclass
from decimal import Decimal

import orjson
import pytest
from pydantic import TypeAdapter

from app.core.phrases import Phrase, Sentence, from_json, listed, orjson_default, say, to_json, whole_json


@dataclass(frozen=True)
class Crossing:
    """What a child tells, in little."""

    message: Sentence


def test_values_are_filled_in_as_their_forms_say() -> None:
    told = say(
        "TEST_FORMS",
        "{name} {name!r} {rows:,} {value:n} {part:.1%} {room:bytes} {rows:row|rows}",
        name="price",
        rows=1234,
        value=0.1 + 0.2,
        part=0.125,
        room=1536,
    )
    assert told == "price 'price' 1,234 0.3 12.5% 1.5 KiB rows"
    assert say("TEST_ONE", "{rows} {rows:row|rows}", rows=1) == "1 row"
    assert (told.code, told.params["rows"]) == ("TEST_FORMS", 1234)


def test_a_phrase_in_a_phrase_comes_back_from_json_as_it_was() -> None:
    inner = say("TEST_INNER", "{count} cells", count=2)
    told = say("TEST_OUTER", "line {line}: {reason}; {columns}", line=7, reason=inner, columns=listed(["a", "b", "c"], most=2))
    assert told == "line 7: 2 cells; a, b and 1 more"
    stored = orjson.loads(orjson.dumps(to_json(told)))
    assert stored["params"]["reason"] == {"message": "2 cells", "code": "TEST_INNER", "params": {"count": 2}}
    back = from_json(str(told), stored)
    assert isinstance(back, Phrase)
    assert back == told
    assert to_json(back) == to_json(told)


def test_what_was_stored_without_a_code_stays_a_plain_text() -> None:
    assert to_json("The file is empty.") is None
    assert not isinstance(from_json("The file is empty.", None), Phrase)


def test_json_holds_no_value_that_a_reader_would_round_or_refuse() -> None:
    told = say("TEST_VALUES", "{a} {b} {c} {d}", a=2**60, b=Decimal("1.10"), c=float("nan"), d="x\0y")
    assert to_json(told) == {"code": "TEST_VALUES", "params": {"a": str(2**60), "b": "1.10", "c": "nan", "d": "x\ufffdy"}}


@pytest.mark.parametrize("message", [say("TEST_PIPE", "{rows:,} rows", rows=5), "no code"])
def test_a_phrase_crosses_the_pipe_of_a_child(message: str) -> None:
    line = orjson.dumps(Crossing(message), orjson_default, orjson.OPT_PASSTHROUGH_SUBCLASS)
    back = TypeAdapter(Crossing).validate_json(line, strict=True).message
    assert whole_json(back) == whole_json(message)
    assert isinstance(back, Phrase) is isinstance(message, Phrase)
