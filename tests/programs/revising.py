"""Drafts of Dan's prescription, opened, changed and used, for the tests of `services.revisions`."""

from datetime import date, timedelta
from typing import Any

from programs.models import PrescriptionVersion, Program
from programs.services import programs, revisions
from tests.factories import NOW, TODAY
from tests.world import World

TOMORROW, NEXT_MONDAY = TODAY + timedelta(days=1), date(2026, 11, 23)
REASON = "Surgeon agreed on the phone"


def open_draft(world: World) -> Program:
    return revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW)


def use(world: World, draft: Program, **fields: Any) -> PrescriptionVersion:
    current = Program.objects.filter(pk=draft.pk).values_list("revision", flat=True).first()
    values: dict[str, Any] = {
        "actor": world.ana,
        "draft": draft,
        "revision": current or draft.revision,
        "effective_from": NEXT_MONDAY,
        "change_note": "Longer holds.",
        "answers": {},
        "now": NOW,
    }
    return revisions.apply_draft(**values | fields)


def change_hold(world: World, draft: Program, seconds: int = 45) -> None:
    item = draft.items.select_related("exercise", "program").first()
    programs.update_item(
        actor=world.ana, item=item, revision=item.program.revision, values={"hold_seconds": seconds}, now=NOW
    )
