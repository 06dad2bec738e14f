"""Exercises written before facets were a column get them from their index rows."""

from django.db import migrations


def fill(apps, schema_editor):
    Exercise = apps.get_model("exercises", "Exercise")
    Trait = apps.get_model("exercises", "ExerciseTrait")
    rows = {}
    for exercise_id, facet, value in Trait.objects.order_by("order").values_list("exercise_id", "facet", "value"):
        rows.setdefault(exercise_id, {}).setdefault(facet, []).append(value)
    found = list(Exercise.objects.filter(pk__in=rows))
    for exercise in found:
        exercise.facets = rows[exercise.pk]
        if exercise.state == "published":
            exercise.edition = 1
    Exercise.objects.bulk_update(found, ["facets", "edition"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [("exercises", "0003_curation")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
