from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        from patients import outbox
        from patients.enums import MessageKind
        from programs.services import reminders

        outbox.moot_checks[MessageKind.REMINDER] = reminders.moot
