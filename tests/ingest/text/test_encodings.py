"""Characters come out as they went in, whatever the encoding; what cannot be decoded is said so."""

import pytest

from app.ingest.job import IngestError, IngestErrorCode
from tests.ingest.conftest import Reading

EUROPE = "id,name\n" + "".join(
    f"{i},{name}\n" for i, name in enumerate(["Müller", "Café", "Ångström", "naïve", "señor", "Übung"] * 5)
)
JAPAN = "番号,名前,都市\n" + "".join(
    f"{i},{name},{city}\n"
    for i, (name, city) in enumerate([("山田太郎", "東京都"), ("佐藤花子", "大阪市"), ("スズキ一郎", "なごや")] * 5)
)
RUSSIA = "id,name\n" + "".join(
    f"{i},{name}\n" for i, name in enumerate(["Москва", "Санкт-Петербург", "Новосибирск", "Екатеринбург"] * 5)
)


def expected(text: str) -> list[tuple[object, ...]]:
    return [(int(line.split(",")[0]), *line.split(",")[1:]) for line in text.splitlines()[1:]]


@pytest.mark.parametrize(
    ("text", "encoding", "reported"),
    [
        (EUROPE, "utf-8", "utf-8"),
        (EUROPE, "utf-8-sig", "utf-8"),
        (EUROPE, "utf-16", "utf-16-le"),
        (EUROPE, "utf-16-le", "utf-16-le"),
        (EUROPE, "utf-16-be", "utf-16-be"),
        (EUROPE, "utf-32", "utf-32-le"),
        (EUROPE, "utf-32-le", "utf-32-le"),
        (EUROPE, "utf-32-be", "utf-32-be"),
        (EUROPE, "latin-1", "latin-1"),
        (EUROPE.replace("Café", "“Café” – 5 €"), "cp1252", "cp1252"),
        (JAPAN, "utf-8", "utf-8"),
        (JAPAN, "cp932", "cp932"),
        (JAPAN, "euc-jp", "euc-jp"),
        (JAPAN, "utf-16-le", "utf-16-le"),
        (RUSSIA, "cp1251", "cp1251"),
    ],
)
def test_the_encoding_is_found(read: Reading, text: str, encoding: str, reported: str) -> None:
    result = read(text.encode(encoding))
    assert result.rows == expected(text)
    assert result.names == text.splitlines()[0].split(",")
    assert result.table.options.encoding == reported


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp932"])
def test_the_first_foreign_character_may_come_late(read: Reading, encoding: str) -> None:
    names = ["東京都"] * 8 if encoding == "cp932" else ["Müller", "Ü"] * 4
    text = (
        "id,name\n" + "".join(f"{i},plain\n" for i in range(150_000)) + "".join(f"{i},{name}\n" for i, name in enumerate(names))
    )
    result = read(text.encode(encoding))
    assert [row[1] for row in result.rows[150_000:]] == names
    assert result.table.options.encoding == encoding


@pytest.mark.parametrize(
    ("name", "reported"), [("shift_jis", "cp932"), ("SJIS", "cp932"), ("ms932", "cp932"), ("cp932", "cp932")]
)
def test_a_named_encoding_is_taken(read: Reading, name: str, reported: str) -> None:
    result = read("番号,名前\n1,ソ\n".encode("cp932"), encoding=name)
    assert (result.names, result.rows, result.table.options.encoding) == (["番号", "名前"], [(1, "ソ")], reported)


def test_a_wrong_named_encoding_is_a_verdict_with_the_line(read: Reading) -> None:
    with pytest.raises(IngestError) as refused:
        read("a,b\n1,x\n2,é\n".encode("latin-1"), encoding="cp932")
    assert (refused.value.code, refused.value.line) == (IngestErrorCode.BAD_ENCODING, 3)


def test_half_a_character_at_the_end_is_a_verdict(read: Reading) -> None:
    with pytest.raises(IngestError) as refused:
        read("a,b\n1,x\n".encode("utf-16") + b"\x31")
    assert (refused.value.code, refused.value.line) == (IngestErrorCode.BAD_ENCODING, 3)


def test_single_damaged_bytes_in_utf8_reject_their_records(read: Reading) -> None:
    good = "".join(f"{i},Müller\n" for i in range(30)).encode()
    result = read(b"id,name\n" + good + b"99,M\xffller\n" + good)
    assert result.table.row_count == 60
    assert [row[:2] for row in result.rejects] == [(32, "it holds bytes that are not UTF-8 (at byte 5 of the record)")]
    assert result.rejects[0][2] == "99,M\\xffller"
