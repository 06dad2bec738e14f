"""Signed links. The row that a token names decides whether it is still good; the token only proves the name."""

from django.core import signing


def make(purpose: str, key: str) -> str:
    """A token for `key` that is good for `purpose` alone."""
    return signing.Signer(salt=f"rachis.{purpose}").sign(key)


def read(purpose: str, token: str) -> str | None:
    """The key in `token`, or None for any fault: wrong purpose, changed, cut, foreign."""
    if len(token) > 300:
        return None
    try:
        return signing.Signer(salt=f"rachis.{purpose}").unsign(token)
    except signing.BadSignature:
        return None
