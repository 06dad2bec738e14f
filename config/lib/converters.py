"""Parts of addresses with a meaning of their own."""

from datetime import date


class DayConverter:
    """A calendar day as `2026-11-18`; a day that does not exist is an address that does not exist."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else value.isoformat()
