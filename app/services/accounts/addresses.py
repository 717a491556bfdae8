"""E-mail addresses: kept as they were typed, and found however they are typed."""

import unicodedata

from app.core.errors import InvalidInput
from app.core.phrases import say

LONGEST = 320


def key_of(email: str) -> str:
    """What two spellings of one address have in common: without regard to case, width and composition of letters.

    It is made here alone and kept beside the address: what PostgreSQL takes for a small letter depends on its locale, and is not
    what Python takes for one. Mails go to the address as it was typed, never to this.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email.strip()).casefold())


def findable_key(email: str) -> str | None:
    """The key of what somebody typed, or None for what no account can have: too long, or nothing that PostgreSQL stores."""
    if len(email) > 2 * LONGEST or "\x00" in email or any("\ud800" <= character <= "\udfff" for character in email):
        return None
    return key_of(email)


def checked(email: str) -> str:
    """The address without what surrounds it. Raises InvalidInput for what is none."""
    clean = email.strip()
    local, sign, domain = clean.rpartition("@")
    odd = not clean.isprintable() or any(character in ' ,;<>"()[]\\' for character in clean)
    if not sign or not local or "@" in local or not domain or odd or len(clean) > LONGEST:
        raise InvalidInput(say("NO_MAIL_ADDRESS", "This is no e-mail address."), path=("email",))
    return clean
