"""Imports and exports in every state that their page can show."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from exercises.enums import JobKind, JobLayout, JobState
from exercises.models import LibraryJob
from exercises.services import jobs
from exercises.transfer import readers
from exercises.transfer.resources import KNOWN
from patients.models import User

CHANGES = """code,name,cue,steps,hold_seconds
S01,Hip flexor stretch,Keep the ribs down.,Kneel. | Shift forward. | Hold.,40
S02,,,,
"""
MIXED = """code,name,kind,level,strength,cue
S03,Another name,stretching,beginner,B,Another cue.
,A quite new stretch with a rather long name that wraps on a phone,stretching,beginner,C,Breathe.
"""
FACT = {
    "id": "3_4_Sit-Up",
    "name": "3/4 Sit-Up",
    "force": "pull",
    "level": "beginner",
    "mechanic": "compound",
    "equipment": "barbell",
    "primaryMuscles": ["abdominals"],
    "secondaryMuscles": [],
    "category": "strength",
}


def _preview(actor: User, text: str, name: str) -> LibraryJob:
    data = text.encode()
    source = readers.inspect(io.BytesIO(data), name, len(data), KNOWN)
    return jobs.start_preview(actor=actor, upload=SimpleUploadedFile(name, data), source=source, key=uuid4())


def jobs_in_every_state(actor: User) -> dict[str, LibraryJob]:
    """By the name of the state."""
    found = {
        "refused": _preview(actor, CHANGES, "changes.csv"),
        "preview": _preview(actor, MIXED, "mixed.csv"),
        "unchanged": _preview(actor, "code\nS04\n", "nothing-new.csv"),
        "old": _preview(actor, "code,name,kind,level,strength\nX1,Br\xfccke,mobility,beginner,C\n", "old.csv"),
        "facts": _preview(actor, json.dumps([FACT, FACT | {"id": "b", "name": "Ab Roller"}]), "facts.json"),
        "exported": jobs.start_export(actor=actor, layout=JobLayout.XLSX, whole=False, key=uuid4()),
    }
    jobs.run_all(owner=f"states-{uuid4()}")
    found["imported"] = jobs.confirm(actor=actor, preview=LibraryJob.objects.get(pk=found["facts"].pk))
    jobs.run_all(owner=f"states-{uuid4()}")
    return found | _under_way(actor)


def _under_way(actor: User) -> dict[str, LibraryJob]:
    """Rows that no worker touches while somebody looks at them."""
    common = {"kind": JobKind.IMPORT, "layout": JobLayout.CSV, "original_name": "large.csv", "started_by": actor}
    lease = {"owner": "somebody", "lease_until": timezone.now() + timedelta(hours=1), "total": 9000, "done": 3400}
    make = LibraryJob.objects.create
    return {
        "running": make(**common, **lease, state=JobState.RUNNING),
        "stopping": make(**common, **lease, state=JobState.RUNNING, cancel_asked_at=timezone.now()),
        "failed": make(**common, state=JobState.FAILED, trouble=jobs.LIBRARY_CHANGED, dry_run=False),
        "cancelled": make(**common, state=JobState.CANCELLED),
        "gone": make(kind=JobKind.EXPORT, layout=JobLayout.CSV, state=JobState.DONE, report={"rows": 121}),
        "waiting": make(**common, state=JobState.WAITING),
    }
