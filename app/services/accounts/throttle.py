"""How often somebody may prove who they are: the one place that every such proof passes before it is looked at.

What is counted, of proofs right or wrong, before anything is hashed or read (RATE is `rate_limit_sign_in`):

| Who proves | Wrong ones in a row | All |
|---|---|---|
| a stranger: nobody with a session, and no browser that knows the account | RATE for account and network | 60 RATE for the network |
| who knows the account: a session of it, or a browser in which it was opened | RATE for the account | 6 RATE for the account |
| either, by a code of the second factor | 5 in a quarter of an hour for the account | - |

A right proof forgets the wrong ones. Beyond 10 RATE for one account strangers are let through one by one, in three seconds
each, from wherever they come; nobody is locked out by what others do, who knows the account least of all.

Without the counts (Redis is away) nobody proves anything.
"""

from dataclasses import dataclass
from uuid import UUID

from limits import RateLimitItem, parse

from app.core.errors import RateLimited
from app.core.phrases import say
from app.core.settings import Settings
from app.core.viewer import Viewer
from app.services.accounts.addresses import key_of
from app.services.rate_limits import Allowance, RateLimits, address_prefix, times

ALL_OF_A_NETWORK, ALL_OF_AN_ACCOUNT, STRANGERS = 60, 6, 10
"""In RATE. Sixty people are expected behind one address."""
SLOWLY = parse("1/3seconds")
CODES = parse("5/15minutes")
MAILS = parse("3/15minutes")
"""Links to choose a password: nobody's mailbox is filled by somebody else."""
_SIGN_IN = say("MANY_SIGN_INS", "attempts to sign in")
_CODES = say("MANY_CODES", "codes")
_LINKS = say("MANY_LINKS", "links asked for")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who proves something, as far as it is known before the proof."""

    address: str | None = None
    """IP address."""
    opened: str | None = None
    """The account (key of its address) that was opened in this browser before."""

    @property
    def network(self) -> str:
        """What counts as one household."""
        return address_prefix(self.address or "")


@dataclass(frozen=True, slots=True)
class Tries:
    """Leave to look at one proof."""

    spent: Allowance
    line: str
    """Where its hashing queues up."""


class Throttle:
    """The allowances of all proofs."""

    def __init__(self, limits: RateLimits, settings: Settings):
        self._limits = limits
        self._rate = parse(settings.rate_limit_sign_in)

    async def password(self, email: str, asker: Asker) -> Tries:
        """A password for the account with this address, which may be none, is looked at.

        Raises:
            RateLimited: too many lately.
            Unavailable: nobody can count.
        """
        account = key_of(email)
        if asker.opened == account:
            return await self._known(account)
        tries = await self._stranger(f"{account}|{asker.network}", asker)
        await self._slowed(account)
        return tries

    async def again(self, viewer: Viewer) -> Tries:
        """Who has a session proves again who they are. Raises as `password`."""
        return await self._known(key_of(viewer.email))

    async def challenge(self, token: str, asker: Asker) -> Tries:
        """The second step of a sign-in is looked at; its account is known only afterwards. Raises as `password`."""
        if asker.opened is not None:
            return await self._known(asker.opened)
        return await self._stranger(f"challenge {token}", asker)

    async def code(self, user_id: UUID) -> Tries:
        """A code of the account's second factor is looked at. Raises as `password`."""
        return await self._spend(Allowance("code", _CODES, str(user_id), CODES), line=f"account {user_id}")

    async def link(self, token: str, asker: Asker) -> Tries:
        """A one-time link is looked at. Raises as `password`."""
        return await self._stranger(f"link {token}", asker)

    async def provider(self, asker: Asker) -> None:
        """Somebody comes back from the provider of OpenID Connect, who says only then who they are. Raises as `password`."""
        await self._limits.spend([self._network(asker)])

    async def mail(self, email: str, asker: Asker) -> bool:
        """A link may be sent to this address, if it has an account. False: enough were. Raises as `password`."""
        await self._limits.spend([self._network(asker)])
        try:
            await self._limits.spend([Allowance("link", _LINKS, key_of(email), MAILS)])
        except RateLimited:
            return False
        return True

    async def right(self, *proofs: Tries) -> None:
        """The proof was right: the wrong ones before it do not count any more."""
        for tries in proofs:
            await self._limits.restore(tries.spent)

    async def _known(self, account: str) -> Tries:
        tries = self._allowance("sign_in", f"known {account}", self._rate)
        everything = self._allowance("sign_in_all", f"known {account}", times(self._rate, ALL_OF_AN_ACCOUNT))
        return await self._spend(tries, everything, line=f"account {account}")

    async def _stranger(self, who: str, asker: Asker) -> Tries:
        return await self._spend(
            self._allowance("sign_in", who, self._rate), self._network(asker), line=f"network {asker.network}"
        )

    async def _slowed(self, account: str) -> None:
        try:
            await self._limits.spend([self._allowance("sign_in_strangers", account, times(self._rate, STRANGERS))])
        except RateLimited:
            await self._limits.spend([self._allowance("sign_in_slowly", account, SLOWLY)])

    async def _spend(self, tries: Allowance, *others: Allowance, line: str) -> Tries:
        await self._limits.spend([tries, *others])
        return Tries(tries, line)

    def _network(self, asker: Asker) -> Allowance:
        return self._allowance("sign_in_all", f"network {asker.network}", times(self._rate, ALL_OF_A_NETWORK))

    @staticmethod
    def _allowance(name: str, who: str, rate: RateLimitItem) -> Allowance:
        return Allowance(name, _SIGN_IN, who, rate)
