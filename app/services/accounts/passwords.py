"""Which passwords are accepted, and whose password is right."""

from functools import lru_cache
from pathlib import Path

from app.core import security
from app.core.errors import InvalidInput
from app.core.phrases import say
from app.services.accounts.attempts import Limit
from app.services.rate_limits import address_prefix

MIN_LENGTH, MAX_LENGTH = 8, 128
_OWN_WORDS = ("datakura",)
# The 3,000 most frequent passwords of eight and more characters, of those in zxcvbn (MIT), which took them from leaks.
_COMMON = Path(__file__).with_name("common_passwords.txt")

MOST_BY_ACCOUNT_AND_ADDRESS = 10
MOST_BY_ACCOUNT = 100
"""From wherever they come: a guess from each of many addresses is a guess too."""


def check(password: str, *, email: str, path: str = "password") -> None:
    """The password may be used by the account with this address.

    Raises:
        InvalidInput: too short or long, or among the first that somebody would try.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise InvalidInput(
            say(
                "PASSWORD_LENGTH",
                "A password has {least} to {most} characters; this one has {length}.",
                least=MIN_LENGTH,
                most=MAX_LENGTH,
                length=len(password),
            ),
            path=(path,),
        )
    folded = password.casefold()
    guessable = {email.casefold().strip(), email.casefold().partition("@")[0], *_OWN_WORDS}
    if folded in _common() or folded in guessable or len(set(folded)) < 3:
        raise InvalidInput(
            say("PASSWORD_COMMON", "This password is among the first that somebody would try. Choose another."), path=(path,)
        )


def limits(account: str, address: str | None) -> list[Limit]:
    """What counts wrong passwords of an account: an id, or the address that somebody signs in with."""
    return [
        Limit("password.account", account, MOST_BY_ACCOUNT),
        Limit("password.account_and_address", f"{account}|{address_prefix(address or '')}", MOST_BY_ACCOUNT_AND_ADDRESS),
    ]


async def matches(password: str, password_hash: str | None) -> bool:
    """True when it is the password of the hash; without a hash it takes the same time. Raises Unavailable as `security`."""
    return await security.verify_password(password[: MAX_LENGTH + 1], password_hash) and len(password) <= MAX_LENGTH


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split("\n"))
