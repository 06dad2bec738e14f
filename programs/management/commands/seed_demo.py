"""Write the demo clinics once. Only in embedded mode: their passwords are known to everybody."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from programs.demo import clinics


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.RACHIS_EMBEDDED:
            raise CommandError("The demo clinic is for the embedded mode on loopback only.")
        count = clinics.build(timezone.now())
        if options["verbosity"]:
            self.stdout.write(
                f"Demo clinic: {count} patients with twelve weeks of history." if count else "Demo clinic: there."
            )
