"""The rows of the caseload. Fifty of them through template tags would take longer than all the rest of the page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from config.lib.templatetags.ui import icon, initials
from programs.forms.caseload import Column

if TYPE_CHECKING:
    from programs.views.caseload import Row

register = template.Library()
NOTHING = mark_safe("")  # a constant; a plain "" would be escaped again for each row
ANY_ID = "00000000-0000-0000-0000-000000000000"

ROW = (
    '<tr class="row-link"><td><span class="cell-main">{initials}<span><a class="stretched-link" href="{url}">{name}</a>'
    ' <span class="soft small">{age}</span>{flare}{notes}</span></span></td>\n'
    '<td class="col-conditions" data-label="{conditions_head}">{conditions}</td>'
    '<td class="col-program" data-label="{program_head}">{program}</td>\n'
    '<td data-label="{adherence_head}">{done}</td>\n'
    '<td data-label="{pain_head}">{pain}</td>'
    '<td data-label="{activity_head}">{active}</td></tr>\n'
)
DONE = (
    '<span class="share"><progress class="bar bar-thin" value="{}" max="{}" aria-hidden="true"></progress>'
    '<span class="share-words"><b>{} %</b> {}</span></span>'
)
PAIN = (
    '<span class="spark-row" title="{}"><b class="caseload-pain">{}</b><svg class="spark" viewBox="0 0 96 24"'
    ' aria-hidden="true"><line x1="0" y1="23" x2="96" y2="23"/><path d="{}"/><path class="spark-dots" d="{}"/></svg>'
    '<span class="trend trend-{}">{}</span></span>'
)
NOTES = '<span class="caseload-notes" title="{}">{}<span class="clamp-2">{}</span></span>'
CHIP = '<span class="chip chip-condition" title="{0}"><span class="clamp-1">{0}</span></span>'


@register.simple_tag
def caseload_rows(rows: Iterable[Row], columns: dict[str, Column]) -> SafeString:
    """One `<tr>` for each patient; every value is escaped on its way in."""
    heads = {f"{name}_head": column.label for name, column in columns.items()}
    heads |= {"conditions_head": _("Conditions"), "program_head": _("Program")}
    heads = {name: escape(head) for name, head in heads.items()}  # once, not for each row
    place = reverse("patients:patient_detail", args=[ANY_ID])
    fire = icon("fire", "icon-small")
    return mark_safe("".join(_row(row, heads, place, fire) for row in rows))  # noqa: S308  parts are format_html


def _row(row: Row, heads: dict[str, str], place: str, fire: SafeString) -> SafeString:
    return format_html(
        ROW,
        **heads,
        initials=initials(row.name),
        url=place.replace(ANY_ID, str(row.id)),
        name=row.name,
        age=row.age,
        flare=_flare(row, fire),
        notes=_notes(row),
        conditions=_conditions(row),
        program=_program(row),
        done=_done(row),
        pain=_pain(row),
        active=_active(row),
    )


def _soft(words: str) -> SafeString:
    return format_html('<span class="soft">{}</span>', words)


def _flare(row: Row, fire: SafeString) -> SafeString:
    if not row.flare_since:
        return NOTHING
    words = _("Flare since %(day)s") % {"day": row.flare_since}
    return format_html('<span class="caseload-flare">{}{}</span>', fire, words)


def _notes(row: Row) -> SafeString:
    """`2 notes. Avoid: Seated twist`, the worst one; the title has its reason in full."""
    if not row.notes:
        return NOTHING
    number = _("%(number)s notes. ") % {"number": row.notes} if row.notes > 1 else ""
    return format_html(NOTES, row.note, icon(row.note_icon, "icon-small"), f"{number}{row.note_head}")


def _conditions(row: Row) -> SafeString:
    if not row.conditions:
        return NOTHING
    more = NOTHING
    if row.more_conditions:
        words = _("%(number)s more") % {"number": len(row.more_conditions)}
        names = ", ".join(row.more_conditions)
        more = format_html('<span class="soft small nowrap" title="{}">{}</span>', names, words)
    chips = format_html_join("", CHIP, ((name,) for name in row.conditions))
    return format_html('<span class="chips">{}{}</span>', chips, more)


def _program(row: Row) -> SafeString:
    if not row.programs:
        return _soft(_("none"))
    title = format_html('<span class="one-line" title="{0}">{0}</span>', row.programs[0])
    if len(row.programs) == 1:
        return title
    words = _("and %(number)s more") % {"number": len(row.programs) - 1}
    return format_html('{} <span class="soft small nowrap">{}</span>', title, words)


def _done(row: Row) -> SafeString:
    if row.percent is None:
        return _soft(_("nothing due"))
    words = _("%(done)s of %(due)s") % {"done": row.done, "due": row.expected}
    return format_html(DONE, row.done, row.expected, row.percent, words)


def _pain(row: Row) -> SafeString:
    if row.pain is None:
        return _soft(_("not rated"))
    trend = row.trend
    return format_html(
        PAIN, trend.sentence, row.pain, row.spark.line, row.spark.dots, trend.direction.value, row.pain_note
    )


def _active(row: Row) -> SafeString:
    if row.active_on is None:
        return _soft(_("never"))
    exact = f"{row.active_on:%A} {row.active_on.day} {row.active_on:%B %Y}"
    return format_html('<time datetime="{}" title="{}">{}</time>', row.active_on.isoformat(), exact, row.active)
