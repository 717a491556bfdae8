"""Highlights: original text, safely marked."""

from app.adapters.search.highlighting import Texts
from app.adapters.search.protocol import Highlight

from .conftest import Shelf


def _texts(**texts: object) -> Texts:
    return Texts(**({"name": "", "description": None, "tags": [], "field_names": [], "metadata": []} | texts))  # type: ignore[arg-type]


async def _highlights(shelf: Shelf, query: str) -> list[tuple[str, str]]:
    [hit] = (await shelf.page(query)).hits
    return [(highlight.field, highlight.fragment) for highlight in hit.highlights]


async def test_every_field_in_which_something_was_found_is_shown(shelf: Shelf) -> None:
    await shelf.put(
        "Customer orders",
        "What customers ordered.",
        tags=["order", "sales"],
        fields=["id", "orderDate", "ORDER_NO"],
        entries={"source": "orders db"},
    )

    assert await _highlights(shelf, "orders") == [
        ("name", "Customer <mark>orders</mark>"),
        ("tags", "<mark>order</mark>"),
        ("fieldNames", "<mark>order</mark>Date"),
        ("fieldNames", "<mark>ORDER</mark>_NO"),
        ("description", "What customers <mark>ordered</mark>."),
        ("metadata", "source: <mark>orders</mark> db"),
    ]


async def test_words_that_only_begin_alike_are_not_marked(shelf: Shelf) -> None:
    await shelf.put("orders", "ordinary orderings")

    assert await _highlights(shelf, "orders") == [
        ("name", "<mark>orders</mark>"),
        ("description", "ordinary <mark>orderings</mark>"),
    ]


async def test_original_characters_are_shown_whatever_they_were_folded_to(shelf: Shelf) -> None:
    await shelf.put("Été ﬁnal ＡＢＣ", "ﾃﾞｰﾀと東京都の売上")

    assert await _highlights(shelf, "ete final abc データ 東京都") == [
        ("name", "<mark>Été</mark> <mark>ﬁnal</mark> <mark>ＡＢＣ</mark>"),
        ("description", "<mark>ﾃﾞｰﾀ</mark>と<mark>東京都</mark>の売上"),
    ]


async def test_misspelt_words_mark_what_they_found(shelf: Shelf) -> None:
    await shelf.put("Customer orders", "weather")

    assert await _highlights(shelf, "custmer") == [("name", "<mark>Customer</mark> orders")]


async def test_nothing_is_marked_for_nothing(shelf: Shelf) -> None:
    await shelf.put("orders")

    assert await _highlights(shelf, "") == []
    assert await _highlights(shelf, "-weather") == []


async def test_markup_in_texts_stays_text(shelf: Shelf) -> None:
    await shelf.put("<script>alert(1)</script> & orders", "</mark><img src=x onerror=orders>")

    assert await _highlights(shelf, "orders") == [
        ("name", "&lt;script&gt;alert(1)&lt;/script&gt; &amp; <mark>orders</mark>"),
        ("description", "&lt;/mark&gt;&lt;img src=x onerror=<mark>orders</mark>&gt;"),
    ]


def test_a_long_text_is_cut_around_what_was_found() -> None:
    filler = "lorem ipsum " * 40
    texts = _texts(description=f"{filler}first orders here {filler}second orders there {filler}third orders {filler}")

    first, second = texts.highlights(frozenset({"orders"}), ())

    assert first.fragment == (
        "…ipsum lorem ipsum lorem ipsum first <mark>orders</mark> here " + ("lorem ipsum " * 40)[:112] + "…"
    )
    assert second.fragment.startswith("…ipsum lorem ipsum lorem ipsum second <mark>orders</mark> there lorem")


def test_few_of_each_field_are_shown() -> None:
    texts = _texts(field_names=[f"order_{number}" for number in range(10)])

    assert texts.highlights(frozenset({"order"}), ()) == [Highlight("fieldNames", f"<mark>order</mark>_{n}") for n in range(3)]


def test_overlapping_finds_are_one_mark() -> None:
    texts = _texts(name="東京都庁 customerId")

    assert texts.highlights(frozenset({"customerid", "id"}), ["東京都", "京都庁"]) == [
        Highlight("name", "<mark>東京都庁</mark> <mark>customerId</mark>")
    ]
