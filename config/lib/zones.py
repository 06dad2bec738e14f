"""Time zone names as people meet them: one per place, old spellings led to the new one."""

from difflib import get_close_matches
from functools import cache
from importlib import resources
from zoneinfo import available_timezones

LONGEST = 64
# In the system's list, yet no place's time: a link to the server's own zone, and the dummy of a fresh machine.
NOT_A_PLACE = {"localtime", "Factory"}


def _lines(name: str) -> list[str]:
    return (resources.files("tzdata.zoneinfo") / name).read_text().splitlines()


@cache
def names() -> tuple[str, ...]:
    """The zones to offer: every place of the database's own country table, and UTC."""
    places = {line.split("\t")[2] for line in _lines("zone.tab") if not line.startswith("#")}
    return (*sorted(places & available_timezones()), "UTC")


@cache
def _renamed() -> dict[str, str]:
    links = (line.split() for line in _lines("tzdata.zi") if line.startswith("L "))
    return {old: new for _, new, old in links}


@cache
def _folded() -> dict[str, str]:
    """Every name in lower case, and each city alone where only one zone has it."""
    cities: dict[str, list[str]] = {}
    for name in names():
        cities.setdefault(_key(name.rpartition("/")[2]), []).append(name)
    return {
        **{city: found[0] for city, found in cities.items() if len(found) == 1},
        **{_key(name): name for name in (*(available_timezones() - NOT_A_PLACE), *names())},
    }


def _key(text: str) -> str:
    return " ".join(text.replace("_", " ").split()).casefold()


def canonical(text: str) -> str | None:
    """The name to store for what somebody typed: Europe/Kiev and "kyiv" give Europe/Kyiv; None when unknown."""
    if len(text) > LONGEST:
        return None
    name = _folded().get(_key(text))
    if name is None or name in names():
        return name
    return _renamed().get(name, name)


def nearest(text: str) -> str | None:
    """A known zone that looks like `text`, for a hint."""
    close = get_close_matches(_key(text[:LONGEST]), _folded(), n=1, cutoff=0.75)
    return canonical(close[0]) if close else None
