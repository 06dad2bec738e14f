from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exercises.library import LibraryError, read_library
from exercises.services import library


class Command(BaseCommand):
    help = "Bring the shared exercises up to date with exercises/library/*.toml. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = library.load(entries=read_library())
        except LibraryError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            self.stdout.write(str(loaded))
