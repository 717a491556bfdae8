"""Suggestions while somebody types."""

from .conftest import Shelf


async def test_names_that_begin_so_come_before_names_with_a_word_that_does(shelf: Shelf) -> None:
    for name in ("Monthly sales", "Sales per store", "salesData", "Daily_salesReport", "Wholesale"):
        await shelf.put(name)

    assert await shelf.suggested("sal") == ["Sales per store", "salesData", "Monthly sales", "Daily_salesReport"]
    assert await shelf.suggested("SALES ") == ["Sales per store", "salesData", "Monthly sales", "Daily_salesReport"]
    assert await shelf.suggested("sales p") == ["Sales per store"]
    assert await shelf.suggested("rep") == ["Daily_salesReport"]
    assert await shelf.suggested("sal", limit=3) == ["Sales per store", "salesData", "Monthly sales"]


async def test_japanese_prefixes_of_names_and_of_what_follows(shelf: Shelf) -> None:
    for name in ("東京都の売上データ", "売上 2024", "ﾃﾞｰﾀ一覧"):
        await shelf.put(name)

    assert await shelf.suggested("東") == ["東京都の売上データ"]
    assert await shelf.suggested("売上") == ["売上 2024", "東京都の売上データ"]
    assert await shelf.suggested("データ") == ["ﾃﾞｰﾀ一覧", "東京都の売上データ"]
    assert await shelf.suggested("202") == ["売上 2024"]


async def test_accents_case_and_width_do_not_matter(shelf: Shelf) -> None:
    await shelf.put("Été à Zürich")

    assert await shelf.suggested("ETE") == ["Été à Zürich"]
    assert await shelf.suggested("ｚｕ") == ["Été à Zürich"]


async def test_a_dataset_is_suggested_once(shelf: Shelf) -> None:
    await shelf.put("data data data")
    await shelf.put("あ" * 60)
    await shelf.put("date")

    assert await shelf.suggested("dat") == ["data data data", "date"]
    assert await shelf.suggested("ああ") == ["あ" * 60]


async def test_nothing_is_suggested_for_nothing(shelf: Shelf) -> None:
    await shelf.put("(draft) orders")

    assert await shelf.suggested("") == []
    assert await shelf.suggested("  ") == []
    assert await shelf.suggested("%") == []
    assert await shelf.suggested("o_") == []
    assert await shelf.suggested("(dr") == ["(draft) orders"]
    assert await shelf.suggested("draft") == ["(draft) orders"]
    assert await shelf.suggested("x" * 10_000) == []
