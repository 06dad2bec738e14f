"""Structured logs: JSON lines in production, readable lines at a desk. Never names of patients, only ids."""

import re
from typing import Any

import structlog

# Addresses whose last part opens a door: invitations, shared handouts, the way out of reminders.
SECRET = re.compile(r"(/(?:join|handout|stop-reminders)/)[^/\s'\"?]+")


def without_secrets(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """The same line with secrets taken out of the addresses in it."""
    for name in ("event", "request"):
        if isinstance(value := event.get(name), str):
            event[name] = SECRET.sub(r"\1...", value)
    return event


SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    without_secrets,
]


def logging_config(*, json: bool, level: str = "INFO") -> dict[str, Any]:
    """A dictConfig that sends everything through structlog to standard error."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processor": renderer,
                "foreign_pre_chain": SHARED_PROCESSORS,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"level": "WARNING"},
            "celery": {"level": "WARNING"},
            "mail.log": {"level": "WARNING"},
        },
    }
