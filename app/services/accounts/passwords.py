"""Which passwords are accepted, and whose password is right."""

from functools import lru_cache
from pathlib import Path

from app.core.errors import InvalidInput
from app.core.hashing import Turn, normal_password
from app.core.phrases import say

MIN_LENGTH, MAX_LENGTH = 8, 128
_OWN_WORDS = ("datakura",)
# The 3,000 most frequent passwords of eight and more characters, of those in zxcvbn (MIT), which took them from leaks.
_COMMON = Path(__file__).with_name("common_passwords.txt")


def check(password: str, *, email: str, path: str = "password") -> None:
    """The password may be used by the account with this address.

    Raises:
        InvalidInput: too short or long, or among the first that somebody would try.
    """
    password = normal_password(password)
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


async def matches(turn: Turn, password: str, password_hash: str | None) -> bool:
    """True when it is the password of the hash; without a hash it takes the same time."""
    normal = normal_password(password)
    return await turn.verify(normal[: MAX_LENGTH + 1], password_hash) and len(normal) <= MAX_LENGTH


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split("\n"))
