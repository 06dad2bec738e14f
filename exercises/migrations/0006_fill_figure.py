"""Shipped exercises show the drawing of their own code."""

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    apps.get_model("exercises", "Exercise").objects.filter(clinic=None).update(figure=F("code"))


class Migration(migrations.Migration):
    dependencies = [("exercises", "0005_figure")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
