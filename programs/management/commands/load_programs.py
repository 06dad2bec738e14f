"""`manage.py load_programs`: lay down the ready-made programs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from programs.services import templates


class Command(BaseCommand):
    help = "Load the ready-made programs from programs/library. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = templates.load()
        except templates.TemplateFault as fault:
            raise CommandError(str(fault)) from fault
        if options["verbosity"]:
            self.stdout.write(
                f"Programs: {loaded.added} added, {loaded.changed} changed, {loaded.unchanged} as they were."
            )
