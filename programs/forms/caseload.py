"""What somebody asks of the caseload by its address. Whatever is not understood is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from config.lib.text import has_unstorable
from programs.search import Sign, Sort

LONGEST_SEARCH = 100
# The first click on a column shows what asks for a look: least done, most pain, longest silent.
FIRST_DOWN = {Sort.PAIN}
LABELS = {Sort.NAME: "Name", Sort.ADHERENCE: "Done in 4 weeks", Sort.PAIN: "Pain", Sort.ACTIVITY: "Last log"}


@dataclass(frozen=True, slots=True)
class Column:
    """One sortable head of the table."""

    label: str
    query: str
    aria: str
    icon: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter over the table."""

    label: str
    number: int
    query: str
    is_on: bool


class Asked:
    """Search, sign and order, each valid; and the addresses that change one of them."""

    def __init__(self, params: QueryDict) -> None:
        self.text = "".join(c for c in params.get("q", "") if not has_unstorable(c))[:LONGEST_SEARCH].strip()
        sign = params.get("show", "")
        self.sign = Sign(sign) if sign in set(Sign) else None
        sort = params.get("sort", "")
        name = sort.removeprefix("-")
        self.sort = Sort(name) if name in set(Sort) else Sort.NAME
        self.descending = sort.startswith("-") and name in set(Sort)
        self.page = params.get("page", "1")

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.sign)

    @property
    def sort_value(self) -> str:
        """The order as the address says it; nothing for the usual one."""
        value = f"-{self.sort}" if self.descending else str(self.sort)
        return "" if value == Sort.NAME else value

    def query(self, **changes: Any) -> str:
        """The address with some parts changed; only what is set, "?" when nothing is."""
        state = {"q": self.text, "show": self.sign or "", "sort": self.sort_value} | changes
        return f"?{urlencode({name: value for name, value in state.items() if value})}"

    def columns(self) -> dict[str, Column]:
        return {sort.value: self._column(sort) for sort in Sort}

    def _column(self, sort: Sort) -> Column:
        if sort is not self.sort:
            value = f"-{sort}" if sort in FIRST_DOWN else str(sort)
            return Column(LABELS[sort], self.query(sort=value), "", "chevron-expand")
        if self.descending:
            return Column(LABELS[sort], self.query(sort=str(sort)), "descending", "sort-down")
        return Column(LABELS[sort], self.query(sort=f"-{sort}"), "ascending", "sort-up")

    def chips(self, numbers: dict[str, int]) -> list[Chip]:
        """The signs with their numbers; pressing one that is on takes it away. Signs nobody shows stay away."""
        chips = []
        for sign in Sign:
            is_on = sign is self.sign
            if numbers[sign] or is_on:
                chips.append(Chip(sign.label, numbers[sign], self.query(show="" if is_on else sign), is_on))
        return chips
