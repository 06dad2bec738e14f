"""The Celery app and the only list of periodic work. Beat and tasks ring the bell; the rows are the queue."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
app = Celery("rachis")
# For every thread of a web server too, not only for the one that imported this.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "plan-reminders": {"task": "programs.tasks.plan_reminders", "schedule": 60.0, "options": {"expires": 55}},
    "sweep-outbox": {"task": "patients.tasks.sweep_outbox", "schedule": 30.0, "options": {"expires": 25}},
    "count-usage": {"task": "programs.tasks.count_usage", "schedule": 3600.0, "options": {"expires": 3500}},
    "look-after-hips": {"task": "programs.tasks.look_after_hips", "schedule": 3600.0, "options": {"expires": 3500}},
    "roll-status": {"task": "programs.tasks.roll_status", "schedule": 300.0, "options": {"expires": 280}},
    "suggest-steps": {"task": "programs.tasks.suggest_steps", "schedule": crontab(hour="3", minute="20")},
    "prepare-media": {"task": "exercises.tasks.prepare_media", "schedule": 30.0, "options": {"expires": 25}},
    "tidy-media": {"task": "exercises.tasks.tidy_media", "schedule": 3600.0, "options": {"expires": 3500}},
    "run-library-jobs": {"task": "exercises.tasks.run_library_jobs", "schedule": 30.0, "options": {"expires": 25}},
    "sweep-library-files": {"task": "exercises.tasks.sweep_library_files", "schedule": 3600.0},
    "beat-heartbeat": {"task": "patients.tasks.heartbeat", "schedule": 20.0, "options": {"expires": 15}},
}
