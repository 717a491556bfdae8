"""Addresses and passwords are the same however they are typed: case, width and composition of letters tell nobody apart."""

import unicodedata

import pytest

from app.services.accounts.addresses import findable_key, key_of
from tests.accounts.documents import CREATE_USER, code_after, done, fetch
from tests.support.client import SIGN_IN, Client
from tests.support.people import Person
from tests.support.system import System

NEW_PASSWORD = "Käsebrötchen が 42"
SPELLINGS = [
    ("İzmir@x.example", "i̇zmir@x.example", "İZMIR@X.EXAMPLE"),
    ("ΟΔΟΣ@x.example", "οδος@x.example", "οδοσ@x.example", "Οδος@X.example"),
    ("straße@x.example", "STRASSE@x.example", "STRAẞE@x.example"),
    ("José@x.example", "Jose\u0301@x.example", "JOSÉ@x.example"),
    ("taro@x.example", "ｔａｒｏ＠ｘ.ｅｘａｍｐｌｅ", " Taro@X.example "),
]


@pytest.mark.parametrize("spellings", SPELLINGS, ids=lambda spellings: spellings[0])
def test_every_spelling_has_the_same_key_and_the_key_is_its_own(spellings: tuple[str, ...]) -> None:
    (key,) = {key_of(spelling) for spelling in spellings}
    assert key_of(key) == key


def test_different_addresses_have_different_keys() -> None:
    assert len({key_of(spellings[0]) for spellings in SPELLINGS}) == len(SPELLINGS)
    assert key_of("izmir@x.example") != key_of("İzmir@x.example")


@pytest.mark.parametrize("email", ["\x00", "a\x00@x.example", "\ud800@x.example", "x" * 9_000])
def test_what_no_account_can_have_is_not_looked_for(email: str) -> None:
    assert findable_key(email) is None


@pytest.mark.parametrize("spellings", SPELLINGS, ids=lambda spellings: spellings[0])
async def test_an_account_signs_in_under_every_spelling_and_no_other_gets_one(
    system: System, client: Client, boss: Person, spellings: tuple[str, ...]
) -> None:
    made = await done(boss, CREATE_USER, email=spellings[0], displayName="X", role="VIEWER", password=NEW_PASSWORD)
    assert made["user"]["email"] == spellings[0].strip()
    for spelling in spellings:
        for form in ("NFC", "NFD"):
            assert await code_after(client, SIGN_IN, email=spelling, password=unicodedata.normalize(form, NEW_PASSWORD)) == ""
        taken = {"email": spelling, "displayName": "X", "role": "VIEWER", "password": NEW_PASSWORD}
        assert await code_after(boss, CREATE_USER, **taken) == ("INVALID_INPUT" if "＠" in spelling else "CONFLICT")
    assert await fetch(system, "SELECT count(*) FROM users WHERE email_key = $1", key_of(spellings[0])) == [(1,)]
