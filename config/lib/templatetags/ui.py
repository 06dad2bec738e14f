"""What templates draw with: icons, adherence states, safety chips, initials, dates as people say them.

A builtin library (see `TEMPLATES`): no `{% load %}` needed.
"""

from datetime import date, datetime
from fnmatch import fnmatch
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()

SPRITE = "icons/sprite.svg"
STATES = {
    "done": gettext_lazy("Done"),
    "partly": gettext_lazy("Partly"),
    "skipped": gettext_lazy("Skipped"),
    "not_due": gettext_lazy("Not due"),
    "not_logged": gettext_lazy("Not logged"),
}
RATINGS = {
    "allow": ("shield-check", gettext_lazy("Allowed")),
    "caution": ("exclamation-triangle", gettext_lazy("Caution")),
    "avoid": ("exclamation-octagon", gettext_lazy("Avoid")),
}
KIND_ICONS = {
    "stretching": "stretch",
    "foam_rolling": "roller",
    "mobility": "arrow-repeat",
    "strengthening": "activity",
    "posture": "posture",
    "breathing": "lungs",
    "balance": "balance",
    "aerobic": "bicycle",
    "aquatic": "water",
    "thermal": "thermometer-half",
}


@register.simple_tag
def icon(name: str, css: str = "", label: str = "", **attrs: str) -> SafeString:
    """One symbol of the sprite. Hidden from screen readers unless it has a `label`; `class="…"` adds classes."""
    classes = " ".join(filter(None, ["icon", css, attrs.get("class", "")]))
    href = f"{static(SPRITE)}#{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', classes, label, href
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', classes, href)


@register.simple_tag
def figure(position: str, label: str = "") -> SafeString:
    """The placeholder picture for a start position, 4:3, until the exercise has its own drawing."""
    href = f"{static(SPRITE)}#pos-{position or 'mixed'}"
    # Both are safe: the label is escaped on its way in, the other is a constant.
    told = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="picture" viewBox="0 0 160 120" {}><use href="{}"></use></svg>', told, href)


@register.simple_tag
def state(name: str, word: bool = True) -> SafeString:
    """An adherence state: its shape, and its word (kept for screen readers only when `word=False`)."""
    return format_html(
        '<span class="state state-{0}">{1}<span class="{2}">{3}</span></span>',
        name,
        icon(f"state-{name}"),
        "state-word" if word else "visually-hidden",
        STATES[name],
    )


@register.simple_tag
def state_names() -> list[str]:
    """All five states in the order of the legend."""
    return list(STATES)


@register.simple_tag
def safety_chip(rating: str, reason: str = "") -> SafeString:
    """A finding in one line: icon, word, reason. Without a reason it is a small chip."""
    symbol, word = RATINGS[str(rating)]
    if not reason:
        return format_html('<span class="chip chip-{}">{} {}</span>', _tone(rating), icon(symbol), word)
    return format_html(
        '<p class="safety safety-{}">{}<span><strong>{}:</strong> {}</span></p>',
        rating,
        icon(symbol),
        word,
        reason,
    )


def _tone(rating: str) -> str:
    return "good" if rating == "allow" else rating


@register.simple_tag
def kind_chip(kind: Any, label: str = "") -> SafeString:
    """The kind of an exercise as a chip; takes a value or an enum member with a label."""
    words = label or getattr(kind, "label", str(kind).replace("_", " ").capitalize())
    return format_html('<span class="chip chip-kind">{} {}</span>', icon(KIND_ICONS.get(str(kind), "activity")), words)


@register.simple_tag
def initials(name: str, css: str = "") -> SafeString:
    """An avatar with the first and last initial. The name itself stands beside it, so it is hidden from readers."""
    parts = str(name).split()
    letters = "".join(part[0] for part in (parts[:1] + parts[1:][-1:])).upper() or "?"
    return format_html('<span class="{}" aria-hidden="true">{}</span>', f"avatar {css}".strip(), letters)


@register.simple_tag
def pain_steps(value: Any = None) -> list[dict[str, Any]]:
    """The eleven buttons of the pain scale, the one for `value` checked; words at 0, 5 and 10."""
    words = {0: _("no pain"), 5: _("moderate pain"), 10: _("worst pain you can imagine")}
    return [
        {
            "number": number,
            "checked": "checked" if str(value) == str(number) else "",
            "words": f", {words[number]}" if number in words else "",
        }
        for number in range(11)
    ]


@register.filter
def pain(value: int | None) -> SafeString:
    """A pain rating, where 0 is a rating and None is not."""
    if value is None:
        return format_html('<span class="pain-value pain-value-none">{}</span>', _("not rated"))
    return format_html('<span class="pain-value">{}</span>', value)


@register.filter
def people_date(value: date | datetime | None) -> SafeString | str:
    """A date as people say it ("yesterday 07:20", "Mon 3 Nov"), with the exact one in the title."""
    if not value:
        return ""
    moment = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    day = moment.date() if isinstance(moment, datetime) else moment
    today = timezone.localdate()
    clock = f" {moment:%H:%M}" if isinstance(moment, datetime) else ""
    spoken = _spoken(day, today, clock)
    exact = date_format(day, "l j F Y") + clock
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, spoken)


def _spoken(day: date, today: date, clock: str) -> str:
    names = {0: _("today"), 1: _("yesterday"), -1: _("tomorrow")}
    distance = (today - day).days
    if distance in names:
        return names[distance] + clock
    if day.year == today.year or abs(distance) < 90:
        return date_format(day, "D j M")
    return date_format(day, "j M Y")


@register.simple_tag(takes_context=True)
def nav_active(context: dict[str, Any], *patterns: str) -> SafeString:
    """`aria-current="page"` when the view's name matches one of the patterns (`programs:program_*`)."""
    match = getattr(context.get("request"), "resolver_match", None)
    name = match.view_name if match else ""
    current = any(fnmatch(name, pattern) for pattern in patterns)
    return mark_safe('aria-current="page"' if current else "")  # noqa: S308  one of two constants


TOAST_ICONS = {"success": "check-circle", "warning": "exclamation-triangle", "error": "exclamation-octagon"}


@register.filter
def message_icon(tags: str) -> str:
    """The symbol for a message's level."""
    return next((symbol for tag, symbol in TOAST_ICONS.items() if tag in str(tags).split()), "info-circle")
