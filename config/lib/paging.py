"""Pages whose rows and total come in one statement."""

from __future__ import annotations

from typing import Any

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import Count, Window

FARTHEST = 10_000  # pages beyond this are looked for the slow way; no offset can overflow


class CountedPaginator(Paginator):
    """Counts with a window over the same rows. A page beyond the last costs one statement more."""

    def page(self, number: Any) -> Page:
        wanted = _whole(number)
        if wanted and wanted <= FARTHEST and "count" not in self.__dict__:
            first = (wanted - 1) * self.per_page
            counted = self.object_list.annotate(rows_in_all=Window(Count("*")))  # type: ignore[attr-defined]
            rows = list(counted[first : first + self.per_page])
            if rows or wanted == 1:
                self.__dict__["count"] = rows[0].rows_in_all if rows else 0
                return Page(rows, wanted, self)
        return super().page(number)

    def get_page(self, number: Any) -> Page:
        """The page asked for, or the nearest that there is."""
        try:
            return self.page(number)
        except PageNotAnInteger:
            return self.page(1)
        except EmptyPage:
            return super().page(self.num_pages if (_whole(number) or 0) > 1 else 1)


def _whole(number: Any) -> int | None:
    """A page number written as one, else None."""
    text = str(number)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None
