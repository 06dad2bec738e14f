"""Keys for the API. The key itself is shown once; only its digest is stored."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from knox.models import AuthToken

from patients import audit
from patients.models import User


@transaction.atomic
def create(*, actor: User, days: int) -> tuple[AuthToken, str]:
    """A new key of this account that ends after `days`, and its secret."""
    row, secret = AuthToken.objects.create(actor, expiry=timedelta(days=days))
    audit.record(actor, "token.create", key=row.token_key, days=days)
    return row, secret


@transaction.atomic
def revoke(*, actor: User, token_key: str) -> bool:
    """End a key of this account at once; False when it has no such key."""
    gone, _ = AuthToken.objects.filter(user=actor, token_key=token_key).delete()
    if gone:
        audit.record(actor, "token.revoke", key=token_key)
    return bool(gone)
