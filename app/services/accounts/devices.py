"""Browsers in which an account was opened: a sealed cookie says of which, so that strangers cannot keep its owner out."""

import time

import orjson

from app.core.sealing import Place, Sealer, Unreadable

LIFETIME_SECONDS = 180 * 86_400
_PLACE = Place("cookie", "datakura_device", "account")
_LONGEST = 2_000


def mark(sealer: Sealer, account: str) -> str:
    """What a browser in which `account` (the key of its address) was opened keeps."""
    return sealer.seal(orjson.dumps({"account": account, "ends": int(time.time()) + LIFETIME_SECONDS}), _PLACE).hex()


def account_of(sealer: Sealer, mark: str | None) -> str | None:
    """The account that was opened where this mark was left; None for what is no mark of ours, or an old one."""
    if mark is None or len(mark) > _LONGEST:
        return None
    try:
        kept = orjson.loads(sealer.open(bytes.fromhex(mark), _PLACE))
    except (Unreadable, ValueError):
        return None
    return str(kept["account"]) if kept["ends"] > time.time() else None
