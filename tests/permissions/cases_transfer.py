"""Imports and exports of the shared library: for curators, and for nobody else."""

from uuid import UUID

from exercises.enums import JobKind, JobLayout, JobState
from exercises.models import LibraryJob
from exercises.services import job_files
from tests.factories import make_exercise
from tests.permissions.cases import Case
from tests.world import World

CURATOR = {"curator": 200}
MOVES = {"curator": 302}
KEY = UUID("01976f00-0000-7000-8000-000000000001")
CANARY = "canary-of-curators.csv"


def _job(world: World, **fields: object) -> LibraryJob:
    """A finished preview with one new row, unless the fields say otherwise."""
    known = {
        "kind": JobKind.IMPORT,
        "layout": JobLayout.CSV,
        "state": JobState.DONE,
        "original_name": CANARY,
        "started_by": world.cora,
        "report": {"outcomes": {"new": 1, "changed": 0, "unchanged": 0, "refused": 0}},
    }
    return LibraryJob.objects.create(**(known | fields))


def _preview(world: World) -> list[object]:
    return [_job(world, upload=_file(job_files.IMPORTS)).pk]


def _waiting(world: World) -> list[object]:
    return [_job(world, state=JobState.WAITING).pk]


def _imported(world: World) -> list[object]:
    draft = make_exercise("Canary draft", state="draft")
    return [_job(world, dry_run=False, created=[str(draft.pk)]).pk]


def _exported(world: World) -> list[object]:
    exported = {"kind": JobKind.EXPORT, "dry_run": False, "report": {"rows": 1}}
    return [_job(world, **exported, result=_file(job_files.EXPORTS)).pk]


def _file(folder: str) -> str:
    (job_files.folder(folder) / "case.csv").write_text(f"code,name\n,{CANARY}\n")
    return f"{folder}/case.csv"


CASES = [
    Case("exercises:job_list", CURATOR, query="?page=1", canaries=("Imports and exports",)),
    Case("exercises:import_new", CURATOR, canaries=("Preview the changes",)),
    Case("exercises:import_new", {"curator": 422}, method="POST", writes=True),
    Case("exercises:export_new", CURATOR),
    Case(
        "exercises:export_new",
        MOVES,
        method="POST",
        data=lambda world: {"layout": "csv", "extent": "whole", "key": str(KEY)},
        writes=True,
    ),
    Case("exercises:job_detail", CURATOR, args=_preview, canaries=(CANARY,)),
    Case("exercises:job_detail", CURATOR, args=_exported, canaries=(CANARY,)),
    Case("exercises:job_confirm", MOVES, method="POST", args=_preview, writes=True),
    Case(
        "exercises:job_again",
        MOVES,
        method="POST",
        args=_preview,
        data=lambda world: {"key": str(KEY)},
        writes=True,
    ),
    Case("exercises:job_cancel", MOVES, method="POST", args=_waiting, writes=True),
    Case("exercises:job_download", CURATOR, args=_exported, canaries=(CANARY,)),
    Case("exercises:job_drafts", CURATOR, args=_imported, canaries=("Canary draft", CANARY)),
    Case("exercises:job_discard", MOVES, method="POST", args=_imported, writes=True),
]
