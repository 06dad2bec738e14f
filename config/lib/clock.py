"""One place that turns an instant into somebody's calendar day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


def local_date(now: datetime, zone: str) -> date:
    """The calendar day at `now` (aware) in the time zone named `zone`."""
    return now.astimezone(ZoneInfo(zone)).date()
