"""Secrets at rest open in their own place, with their own key, and nowhere else."""

import pytest

from app.core.ids import uuid7
from app.core.sealing import MalformedKeys, Place, Sealer, Unreadable, new_key, parse_keys
from app.embedded.secrets import new_secret_key

ROW = uuid7()
HERE = Place("users", "totp_secret", ROW)
ELSEWHERE = [
    Place("users", "totp_secret", uuid7()),
    Place("users", "other", ROW),
    Place("mails", "totp_secret", ROW),
    Place("users|totp_secret", "", ROW),
]


def sealer(*keys: str) -> Sealer:
    return Sealer(parse_keys(",".join(keys)))


def test_a_secret_opens_where_it_was_sealed() -> None:
    it = sealer(new_key())
    sealed = it.seal(b"seed", HERE)
    assert b"seed" not in sealed
    assert it.open(sealed, HERE) == b"seed"


def test_the_same_secret_is_sealed_differently_each_time() -> None:
    it = sealer(new_key())
    assert len({it.seal(b"seed", HERE) for _ in range(100)}) == 100


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_secret_that_was_moved_does_not_open(place: Place) -> None:
    it = sealer(new_key())
    with pytest.raises(Unreadable):
        it.open(it.seal(b"seed", HERE), place)


def test_a_secret_with_any_byte_changed_does_not_open() -> None:
    it = sealer(new_key())
    sealed = it.seal(b"seed", HERE)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(Unreadable):
            it.open(bytes(changed), HERE)
    for length in range(len(sealed)):
        with pytest.raises(Unreadable):
            it.open(sealed[:length], HERE)


def test_the_first_key_seals_and_every_key_opens() -> None:
    old, new = new_key(), new_key()
    before, after = sealer(old), sealer(new, old)
    sealed = before.seal(b"seed", HERE)
    assert after.open(sealed, HERE) == b"seed"
    assert not after.is_current(sealed)
    assert after.is_current(after.seal(b"seed", HERE))
    with pytest.raises(Unreadable, match=f"key '{new.partition(':')[0]}', which DATAKURA_SECRET_KEYS lacks"):
        before.open(after.seal(b"seed", HERE), HERE)


def test_without_a_key_nothing_is_sealed() -> None:
    with pytest.raises(MalformedKeys, match="DATAKURA_SECRET_KEYS is not set"):
        sealer("").seal(b"seed", HERE)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("abc", "key abc of DATAKURA_SECRET_KEYS is not 32 bytes"),
        (":KEY", "Key 1 of DATAKURA_SECRET_KEYS has no id"),
        ("a:SHORT", "key a of DATAKURA_SECRET_KEYS is not 32 bytes"),
        ("a:!!!", "key a of DATAKURA_SECRET_KEYS is not 32 bytes"),
        ("a b:KEY", "Key 1 of DATAKURA_SECRET_KEYS has no id"),
    ],
)
def test_malformed_keys_are_told_without_showing_them(text: str, says: str) -> None:
    key = new_key().partition(":")[2]
    text = text.replace("KEY", key).replace("SHORT", key[:20])
    with pytest.raises(MalformedKeys, match=says) as told:
        parse_keys(text)
    assert text.partition(":")[2] not in str(told.value) or not text.partition(":")[2]


def test_two_keys_of_one_id_are_refused() -> None:
    key = new_key()
    with pytest.raises(MalformedKeys, match="twice"):
        parse_keys(f"{key}, {key}")


def test_the_supervisor_makes_keys_of_the_same_form() -> None:
    assert [len(key) for key in parse_keys(f"{new_secret_key()},{new_key()}").values()] == [32, 32]
