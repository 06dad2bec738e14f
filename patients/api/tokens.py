"""Keys with which a person's own scripts use the API."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import generics, serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.api import KnownFieldsMixin, WholeNumber
from patients.access import Mark
from patients.services import tokens


class TokenSerializer(KnownFieldsMixin, serializers.ModelSerializer):
    """A key without its secret."""

    key = serializers.CharField(source="token_key", read_only=True)
    days = WholeNumber(min_value=1, max_value=365, default=90, write_only=True)

    class Meta:
        model = AuthToken
        fields = ["key", "created", "expiry", "days"]
        read_only_fields = ["created", "expiry"]


class NewTokenSerializer(TokenSerializer):
    """A key with its secret, which is shown this once."""

    token = serializers.CharField(read_only=True)

    class Meta(TokenSerializer.Meta):
        fields = ["key", "token", "created", "expiry"]


class TokenList(generics.ListCreateAPIView):
    """One's own keys. A new one is made only from a signed-in session, never with another key."""

    access = Mark("owner")
    serializer_class = TokenSerializer

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return AuthToken.objects.none()
        return self.request.user.auth_token_set.order_by("-created", "token_key")  # type: ignore[union-attr]

    @extend_schema(responses={201: NewTokenSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if request.auth is not None:
            raise PermissionDenied("Sign in on the web page to make a key.")
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        row, secret = tokens.create(actor=request.user, days=form.validated_data["days"])  # type: ignore[arg-type]
        body = {**self.get_serializer(row).data, "token": secret}
        return Response(body, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})


class TokenDetail(generics.DestroyAPIView):
    """End one of one's own keys at once."""

    access = Mark("owner")
    serializer_class = TokenSerializer

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if not tokens.revoke(actor=request.user, token_key=kwargs["key"]):  # type: ignore[arg-type]
            raise Http404
        return Response(status=status.HTTP_204_NO_CONTENT)
