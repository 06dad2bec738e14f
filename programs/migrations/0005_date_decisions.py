"""Decisions made before their time was kept apart were made when their row was."""

from django.db import migrations
from django.db.models import F


def date_them(apps, schema_editor):
    apps.get_model("programs", "SafetyDecision").objects.update(decided_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("programs", "0004_living_prescriptions")]
    operations = [migrations.RunPython(date_them, migrations.RunPython.noop)]
