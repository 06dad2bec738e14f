"""Running an export: the shared library into a file, exercise by exercise."""

from __future__ import annotations

from exercises.models import Exercise, LibraryJob
from exercises.models.exercises import ExerciseQuerySet
from exercises.services import job_files
from exercises.services.import_plan import CHUNK
from exercises.services.job_watch import Watch
from exercises.transfer.resources import COLUMNS, ExerciseResource
from exercises.transfer.writers import writer


def exercises_of(job: LibraryJob) -> ExerciseQuerySet:
    """What is exported: published exercises, or all but the working copies, which are no exercises of their own."""
    library = Exercise.objects.filter(shared=True, replaces=None).order_by("code")
    return library if job.whole else library.published()


def export(job: LibraryJob, watch: Watch) -> None:
    """Write the file. Raises CellTooLong, Stopped or LeaseLost; then there is none."""
    rows = exercises_of(job)
    watch.expect(rows.count())
    name = f"{job_files.EXPORTS}/{job.pk.hex}-{job.attempts}.{job.layout}"
    written = 0
    resource = ExerciseResource()
    with job_files.writing(name) as file, writer(job.layout, file, COLUMNS) as out:
        for written, exercise in enumerate(rows.iterator(chunk_size=CHUNK), 1):
            out.add(resource.export_resource(exercise))
            if not written % CHUNK:
                watch.tick(min(written, job.total))
    watch.finish(result=name, report={"rows": written})
