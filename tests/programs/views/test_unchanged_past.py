"""A change from next Monday on: last week's pages of the patient stay letter by letter, and Monday's are new."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from programs.models import ProgramItem
from programs.services import revisions
from tests import factories
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NEXT_MONDAY = TODAY + timedelta(days=5)
# What differs in each answer anyway.
CHANCE = re.compile(r'value="[0-9a-f-]{36}"|csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"|nonce="[^"]+"')


def page(client: Client, name: str, *args: object) -> str:
    return CHANCE.sub("", client.get(reverse(f"programs:{name}", args=args)).content.decode())


def test_last_weeks_pages_stay_letter_by_letter(client: Client, world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        for back in range(1, 8):
            factories.make_session(world.prescription, TODAY - timedelta(days=back), "dp")
        client.force_login(world.dan.user)
        days = [TODAY - timedelta(days=back) for back in range(1, 8)]
        before = [page(client, "day", day) for day in days]
        assert all("3 × 30 s" in one for one in before)

        draft = revisions.open_draft(actor=world.ana, prescription=world.prescription, now=NOW)
        ProgramItem.objects.filter(program=draft, order=0).update(hold_seconds=45)
        revisions.apply_draft(
            actor=world.ana,
            draft=draft,
            revision=draft.revision,
            effective_from=NEXT_MONDAY,
            change_note="Hold longer.",
            answers={},
            now=NOW,
        )

        assert [page(client, "day", day) for day in days] == before
        assert "3 × 30 s" in page(client, "today")
    with time_machine.travel(NOW + timedelta(days=5), tick=False):
        client.force_login(world.dan.user)
        assert "3 × 45 s" in page(client, "today")
        assert "3 × 30 s" in page(client, "day", NEXT_MONDAY - timedelta(days=1))
