"""The base of every closed vocabulary. Pure, so that decisions can use the words without Django."""

from enum import StrEnum


class Word(StrEnum):
    """A stored value with a label: `Role.CLINIC_ADMIN.label == "Clinic admin"`."""

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Pairs for a model or form field, in the order of definition."""
        return [(member.value, member.label) for member in cls]
