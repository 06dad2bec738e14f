from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Rachis"

    def ready(self) -> None:
        # Registers the system checks, and the Celery app that our tasks belong to.
        from config import celery, checks  # noqa: F401
