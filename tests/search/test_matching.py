"""Which datasets a query finds, and in which order."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.adapters.search.protocol import Mode
from app.adapters.search.stopwords import STOP_WORDS

from .conftest import TEST, Shelf


async def test_an_empty_query_finds_everything_newest_first(shelf: Shelf) -> None:
    for name in ("first", "second", "third"):
        await shelf.put(name)

    assert await shelf.found("") == ["third", "second", "first"]
    assert await shelf.found(" \t\n") == ["third", "second", "first"]
    assert await shelf.found("!?& --- :*") == ["third", "second", "first"]


async def test_words_are_found_by_their_stem_and_in_every_field(shelf: Shelf) -> None:
    await shelf.put("Customer orders")
    await shelf.put("b", tags=["order"])
    await shelf.put("c", fields=["orderDate", "id"])
    await shelf.put("d", "Everything that was ordered.")
    await shelf.put("e", described={"source": "orders"})
    await shelf.put("f", entries={"lineage": {"from": ["the order system"]}})
    await shelf.put("g", "Disorder")

    assert sorted(await shelf.found("orders")) == ["Customer orders", "b", "c", "d", "e", "f"]


async def test_all_words_have_to_be_there_but_not_together(shelf: Shelf) -> None:
    await shelf.put("customers", "and their orders", tags=["sales"])
    await shelf.put("customers only")

    assert await shelf.found("orders customer sales") == ["customers"]


async def test_stop_words_are_found_when_they_are_all_that_was_typed(shelf: Shelf) -> None:
    await shelf.put("The who")
    await shelf.put("Others")

    assert await shelf.found("the") == ["The who"]
    assert await shelf.found("the others") == ["Others"]


async def test_stop_words_are_those_of_postgresql(shelf: Shelf) -> None:
    async with shelf.db.read(TEST) as session:
        statement = text("SELECT w FROM unnest(CAST(:words AS text[])) w WHERE numnode(plainto_tsquery('english', w)) = 0")
        empty = (await session.execute(statement, {"words": [*STOP_WORDS, "orders"]})).scalars().all()

    assert set(empty) == STOP_WORDS
    assert len(STOP_WORDS) == 127


async def test_a_phrase_has_to_stand_together_within_one_field(shelf: Shelf) -> None:
    await shelf.put("together", "the customer orders of a year")
    await shelf.put("apart", "orders of a customer")
    await shelf.put("big customer", "orders")

    assert sorted(await shelf.found("customer orders")) == ["apart", "big customer", "together"]
    assert await shelf.found('"customer orders"') == ["together"]
    assert await shelf.found("customer-orders") == ["together"]


async def test_exclusions_and_alternatives(shelf: Shelf) -> None:
    await shelf.put("weather paris")
    await shelf.put("weather tokyo")
    await shelf.put("orders tokyo")

    assert await shelf.found("weather -tokyo") == ["weather paris"]
    assert await shelf.found('-"weather tokyo" -orders') == ["weather paris"]
    assert await shelf.found("-tokyo") == ["weather paris"]
    assert sorted(await shelf.found("paris or orders")) == ["orders tokyo", "weather paris"]
    assert sorted(await shelf.found("weather paris or orders -weather")) == ["orders tokyo", "weather paris"]


async def test_an_exclusion_excludes_all_forms_of_a_word(shelf: Shelf) -> None:
    await shelf.put("monthly sale")
    await shelf.put("monthly sales")
    await shelf.put("monthly costs")

    assert await shelf.found("monthly -sales") == ["monthly costs"]


async def test_identifiers_are_found_whole_and_by_their_parts(shelf: Shelf) -> None:
    await shelf.put("a", fields=["customerId"])
    await shelf.put("b", fields=["customer_id"])
    await shelf.put("sales2024")

    assert sorted(await shelf.found("customer")) == ["a", "b"]
    assert await shelf.found("customerID") == ["a"]
    assert await shelf.found("customer_id") == ["b", "a"]
    assert await shelf.found("sales") == ["sales2024"]


async def test_a_hit_in_the_name_comes_before_tags_fields_description_and_metadata(shelf: Shelf) -> None:
    await shelf.put("in the name: weather")
    await shelf.put("tag", tags=["weather"])
    await shelf.put("description", "weather weather weather weather weather weather")
    await shelf.put("metadata", entries={"weather": ["weather", "weather"]})

    assert await shelf.found("weather") == ["in the name: weather", "tag", "description", "metadata"]


async def test_japanese_hits_are_weighted_by_where_they_stand_too(shelf: Shelf) -> None:
    await shelf.put("名前に売上", "ほか")
    await shelf.put("fields", fields=["売上高"])
    await shelf.put("description", "売上、売上、売上")
    await shelf.put("metadata", entries={"k": "売上"})

    assert await shelf.found("売上") == ["名前に売上", "fields", "description", "metadata"]


async def test_the_exact_name_comes_first_then_names_that_begin_so(shelf: Shelf) -> None:
    await shelf.put("Weather")
    await shelf.put("Weather weather weather", tags=["weather"])
    await shelf.put("All weather", "weather", tags=["weather"])

    assert await shelf.found("WEATHER") == ["Weather", "Weather weather weather", "All weather"]


async def test_case_width_and_accents_do_not_matter(shelf: Shelf) -> None:
    await shelf.put("Données météo Zürich")

    assert await shelf.found("donnees METEO zurich") == ["Données météo Zürich"]
    assert await shelf.found("ＤＯＮＮＥＥＳ") == ["Données météo Zürich"]


async def test_japanese_is_found_inside_unbroken_text(shelf: Shelf) -> None:
    await shelf.put("東京都の売上データ")
    await shelf.put("京都の天気")
    await shelf.put("stores", "東京都内の店舗", fields=["店舗ID"])

    assert await shelf.found("東京都") == ["東京都の売上データ", "stores"]
    assert sorted(await shelf.found("京都")) == ["stores", "京都の天気", "東京都の売上データ"]
    assert await shelf.found("売上") == ["東京都の売上データ"]
    assert await shelf.found("店舗") == ["stores"]
    assert await shelf.found("売上 東京") == ["東京都の売上データ"]
    assert await shelf.found("京都 -東京") == ["京都の天気"]


async def test_single_characters_are_found_wherever_they_stand(shelf: Shelf) -> None:
    await shelf.put("東京")
    await shelf.put("京")
    await shelf.put("大阪")

    assert await shelf.found("京") == ["京", "東京"]
    assert await shelf.found("阪") == ["大阪"]


async def test_pairs_that_stand_apart_are_no_hit(shelf: Shelf) -> None:
    await shelf.put("東京と京都")

    assert await shelf.found("東京都") == []
    assert await shelf.found("東京 京都") == ["東京と京都"]


async def test_a_japanese_phrase_is_compared_with_its_spaces(shelf: Shelf) -> None:
    await shelf.put("売上 データ 2024")
    await shelf.put("売上データ 2024")

    assert await shelf.found('"売上　データ ２０２４"') == ["売上 データ 2024"]


async def test_half_width_katakana_and_full_width_latin_are_the_same(shelf: Shelf) -> None:
    await shelf.put("ﾃﾞｰﾀ ＡＰＩ")
    await shelf.put("データ api 2")

    assert sorted(await shelf.found("データ API")) == ["データ api 2", "ﾃﾞｰﾀ ＡＰＩ"]


async def test_emoji_are_found(shelf: Shelf) -> None:
    await shelf.put("🚀 launches")
    await shelf.put("other")

    assert await shelf.found("🚀") == ["🚀 launches"]
    assert await shelf.found("👻") == []


async def test_a_misspelt_query_finds_similar_words_when_nothing_holds_those_typed(shelf: Shelf) -> None:
    await shelf.put("Customer orders")
    await shelf.put("Customer complaints")
    await shelf.put("Weather", "customer orders")

    assert await shelf.found("custmer ordrs") == ["Customer orders"]
    assert sorted(await shelf.found("custmer")) == ["Customer complaints", "Customer orders"]
    assert await shelf.found("cusotmer -orders") == ["Customer complaints"]
    page = await shelf.page("custmer")
    assert {hit.position.mode for hit in page.hits} == {Mode.SIMILAR}
    assert all(0 < hit.score < 1 for hit in page.hits)


async def test_a_word_that_is_held_is_not_taken_for_misspelt(shelf: Shelf) -> None:
    await shelf.put("Customer orders")
    await shelf.put("Customs borders")

    assert await shelf.found("orders") == ["Customer orders"]


async def test_short_words_and_numbers_are_not_compared_by_spelling(shelf: Shelf) -> None:
    await shelf.put("cat 20240")

    assert await shelf.found("cut") == []
    assert await shelf.found("20241") == []


HOSTILE = [
    "'", '"', "''", '""', "\\", "\\'", "'; DROP TABLE datasets; --", "%", "_", "%_%", "a & b | !c <-> d:*A", "((((", "))))",
    "a:b", "a:*", ":*", "!", "!!a", "<->", "<1000000>", "a <-> b", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "🚀" * 500,
    "-" * 1000, "- - -", '-"', '-""', "or", "or or", "a or", "or a", '"or"', "NULL", "nan", "-1", "1e999", "$1", "$$", "/* */",
    "--", "¶", "¶:1", "'¶'", "e\u0301" * 300, "\u200b", "\ufeff", "\u202e abc", "\U0010ffff", "ﷺ" * 100, "İ" * 100, "ß" * 900,
    "a" * 10_000, "ab " * 3_334, "東京" * 5_000, '"' * 10_000, "'" * 10_000, "( " * 5_000, "-x " * 3_000, "x or " * 2_000,
    "हिन्दी डेटा", "ข้อมูล", "بيانات", "한국어 데이터", "данные", "\r\n\t\v\f", "<b>", "&lt;", "{}", "[]", "..", "a.b.c", "a/b",
    "http://example.com/?q=1&r=%00", "C++", "c#", "1.5.3", "１．５", "①②③", "㈱", "㍻", "Ⅷ",
]  # fmt: skip


async def test_nothing_that_is_typed_raises(shelf: Shelf) -> None:
    await shelf.put("Customer orders", "of 東京都", tags=["sales"])

    for typed in HOSTILE:
        page = await shelf.page(typed)
        assert page.total_count == len(page.hits) <= 1, typed
        assert len(await shelf.suggested(typed)) <= 1, typed


async def test_nothing_at_all_raises(shelf: Shelf) -> None:
    await shelf.put("Customer orders", "of 東京都", tags=["sales"])

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.text(max_size=60) | st.text(alphabet="ab'\"-:*&|!<>()\\% 東京or\x00", max_size=60))
    def check(typed: str) -> None:
        answers.append(typed)

    answers: list[str] = []
    check()
    for typed in answers:
        assert (await shelf.page(typed)).total_count in (0, 1)


async def test_a_dataset_with_everything_at_its_largest_is_found(shelf: Shelf) -> None:
    unusual = [chr(0x4E00 + number) for number in range(20_000)]
    await shelf.put(
        "大" * 255,
        "".join(unusual[number % 20_000] + unusual[number * 7 % 20_000] for number in range(32_768)),
        tags=[f"tag{number}" for number in range(50)],
        fields=[f"column_{number}_{'x' * 50}" for number in range(2_000)],
        entries={f"key{number}": "値" * 600 for number in range(40)},
    )
    await shelf.put("long words", "y" * 60_000 + " " + "é" * 5_000)

    assert await shelf.found("大大大") == ["大" * 255]
    assert await shelf.found("column_7_" + "x" * 50) == ["大" * 255]
    assert await shelf.found("y" * 100) == ["long words"]
