"""What every way of reaching people has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery as a channel sees it. The ids are its identity and stay the same at every attempt."""

    delivery_id: UUID
    clinic_id: UUID
    kind: str
    language: str
    address: str
    patient_id: UUID | None = None
    invitation_id: UUID | None = None


class ChannelError(Exception):
    """Not handed over, and we know it. `permanent`: trying again is pointless."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class ChannelAwayError(Exception):
    """The provider cannot be reached at all: no delivery is to blame."""


class OutcomeUnknownError(Exception):
    """Everything was sent and no answer came: accepted or not, nobody can know."""


class Channel(Protocol):
    """One kept connection of one sender. `write` prepares and may refuse; `send` hands over."""

    def ready(self) -> None:
        """Be connected, or raise ChannelAwayError."""

    def write(self, parcel: Parcel) -> bytes:
        """The finished message; raises ChannelError when it cannot be written."""

    def send(self, parcel: Parcel, content: bytes) -> None:
        """Hand over once. Raises ChannelError or OutcomeUnknownError; returns only when accepted."""

    def close(self) -> None:
        """Let the connection go."""
