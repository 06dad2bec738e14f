"""Plan and hand over what is due, once, without broker, worker or beat."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from patients import outbox
from patients.tasks import run_name
from programs.services import reminders


class Command(BaseCommand):
    help = "Plan due reminders and hand over every due message. Needs the database and the mail server, not Redis."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-plan", action="store_true", help="only hand over what is planned already")
        parser.add_argument("--limit", type=int, default=100_000, help="hand over at most this many")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["no_plan"]:
            planned = reminders.plan_all(now=timezone.now())
            self.stdout.write(f"Planned: {planned.created} to send, {planned.cancelled} without need.")
        counts = asdict(outbox.deliver(owner=run_name(), limit=options["limit"]))
        said = ", ".join(f"{number} {word}" for word, number in counts.items() if number)
        self.stdout.write(f"Handed over: {said or 'nothing was due'}.")
