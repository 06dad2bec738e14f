"""From a draft to the people and back: who may do it, when, and what is kept."""

from datetime import date

import pytest

from config.lib.revisions import RevisionConflict
from exercises.enums import ExerciseState
from exercises.library import Entry
from exercises.models import Exercise, ExerciseEdition, ExerciseMedia
from exercises.services import curation
from exercises.services.content import content_of
from exercises.services.curation import Incomplete, SecondPersonNeeded, WrongState
from patients.models import AuditEvent, User
from tests import factories
from tests.exercises.curation import COMPLETE, publish, submitted
from tests.factories import NOW, TODAY
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def cora(world: World) -> User:
    return world.cora


@pytest.fixture
def cleo(world: World) -> User:
    return world.cleo


@pytest.fixture
def draft(cora: User) -> Exercise:
    return curation.create(actor=cora, content=COMPLETE)


@pytest.fixture
def published(draft: Exercise, cora: User, cleo: User) -> Exercise:
    return publish(submitted(draft, cora), cleo)


def test_curation_publishes_a_new_exercise_with_its_first_edition(draft: Exercise, cora: User, cleo: User) -> None:
    assert (draft.code, draft.state, draft.missing, draft.edition) == ("S101", "draft", [], 0)

    row = publish(submitted(draft, cora), cleo, note="Reads well.")

    row.refresh_from_db()
    assert (row.pk, row.code, row.state, row.edition) == (draft.pk, "S101", "published", 1)
    assert (row.written_by, row.submitted_by, row.approved_by) == (cora, cora, cleo)
    assert (row.submitted_at, row.published_at) == (NOW, NOW)
    edition = row.editions.get()
    assert (edition.number, edition.published_by, edition.applies_from) == (1, cleo, None)
    assert edition.note == "First words. Reads well."
    assert edition.content == content_of(row)
    latest = row.history.first()
    assert (latest.history_user, latest.history_change_reason) == (cleo, "Published. First words. Reads well.")
    verbs = list(AuditEvent.objects.filter(object_id=row.pk).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["exercise.create", "exercise.submit", "exercise.publish"]


def test_curation_moves_a_working_copy_over_the_published_row(published: Exercise, cora: User, cleo: User) -> None:
    copy = curation.start_edit(actor=cora, exercise=published)
    photo = ExerciseMedia.objects.create(exercise=copy, kind="photo", licence="CC0", author="Cora", alt_text="A door")
    copy = curation.save(
        actor=cora,
        exercise=copy,
        revision=copy.revision,
        content={"name": "Doorway opener", "facets": COMPLETE["facets"] | {"region": ["shoulders"]}},
    )
    published.refresh_from_db()
    assert published.name == "Doorway chest opener"

    row = publish(submitted(copy, cora), cleo, applies_from=date(2026, 12, 1))

    row.refresh_from_db()
    assert (row.pk, row.code, row.name, row.edition) == (published.pk, "S101", "Doorway opener", 2)
    assert list(row.traits.filter(facet="region").values_list("value", flat=True)) == ["shoulders"]
    assert "doorway opener" in row.search_text
    assert not Exercise.objects.filter(pk=copy.pk).exists()
    photo.refresh_from_db()
    assert photo.exercise == row
    editions = {edition.number: edition for edition in row.editions.all()}
    assert [editions[1].content["name"], editions[2].content["name"]] == ["Doorway chest opener", "Doorway opener"]
    assert editions[2].applies_from == date(2026, 12, 1)


def test_curation_keeps_the_shipped_words_as_the_first_edition(library: list[Entry], cora: User, cleo: User) -> None:
    shipped = Exercise.objects.get(code="S01")
    words = content_of(shipped)
    copy = curation.start_edit(actor=cora, exercise=shipped)
    copy = curation.save(actor=cora, exercise=copy, revision=copy.revision, content={"cue": "Stand tall."})

    row = publish(submitted(copy, cora), cleo)

    assert [edition.number for edition in row.editions.all()] == [2, 1]
    assert ExerciseEdition.objects.get(exercise=row, number=1).content == words
    assert ExerciseEdition.objects.get(exercise=row, number=2).content == words | {"cue": "Stand tall."}


def test_curation_shows_nobody_what_is_not_published(published: Exercise, draft: Exercise, cora: User) -> None:
    copy = curation.start_edit(actor=cora, exercise=published)
    curation.save(actor=cora, exercise=copy, revision=copy.revision, content={"name": "Secret opener"})
    curation.create(actor=cora, content=COMPLETE | {"name": "Secret stretch"})

    assert not Exercise.objects.published().filter(name__contains="Secret").exists()


@pytest.mark.parametrize("approver", ["writer", "submitter"])
def test_curation_wants_a_second_person(draft: Exercise, cora: User, cleo: User, approver: str) -> None:
    waiting = submitted(draft, cleo)

    with pytest.raises(SecondPersonNeeded):
        publish(waiting, {"writer": cora, "submitter": cleo}[approver])

    waiting.refresh_from_db()
    assert (waiting.state, waiting.edition) == ("in_review", 0)
    assert not waiting.editions.exists()


def test_curation_counts_the_last_writer_as_the_writer(draft: Exercise, cora: User, cleo: User) -> None:
    changed = curation.save(actor=cleo, exercise=draft, revision=draft.revision, content={"cue": "Stand tall."})
    waiting = submitted(changed, cora)

    with pytest.raises(SecondPersonNeeded):
        publish(waiting, cleo)


def test_curation_publishes_nothing_incomplete(draft: Exercise, cora: User, cleo: User) -> None:
    short = curation.save(actor=cora, exercise=draft, revision=draft.revision, content={"source": "", "cue": ""})

    with pytest.raises(Incomplete) as found:
        submitted(short, cora)
    assert [gap.field for gap in found.value.gaps] == ["cue", "source"]

    Exercise.objects.filter(pk=short.pk).update(state=ExerciseState.IN_REVIEW)
    short.refresh_from_db()
    with pytest.raises(Incomplete):
        publish(short, cleo)


def test_curation_wants_a_review_date_that_lies_ahead(draft: Exercise, cora: User) -> None:
    late = curation.save(actor=cora, exercise=draft, revision=draft.revision, content={"review_due_on": TODAY})

    with pytest.raises(Incomplete) as found:
        submitted(late, cora)
    assert [gap.field for gap in found.value.gaps] == ["review_due_on"]


def test_curation_publishes_only_what_was_submitted(draft: Exercise, cleo: User) -> None:
    with pytest.raises(RevisionConflict):
        publish(draft, cleo)


def test_curation_takes_a_changed_text_out_of_review(draft: Exercise, cora: User, cleo: User) -> None:
    waiting = submitted(draft, cora)
    seen = waiting.revision

    changed = curation.save(actor=cora, exercise=waiting, revision=seen, content={"cue": "Stand tall."})

    assert (changed.state, changed.submitted_by) == ("draft", None)
    with pytest.raises(RevisionConflict):
        curation.publish(actor=cleo, exercise=changed, revision=seen, now=NOW)


def test_curation_sends_back_with_a_note(draft: Exercise, cora: User, cleo: User) -> None:
    waiting = submitted(draft, cora)

    back = curation.send_back(
        actor=cleo, exercise=waiting, revision=waiting.revision, note="Step 2 is unclear.", now=NOW
    )

    assert (back.state, back.curation_note, back.submitted_by) == ("draft", "Step 2 is unclear.", None)
    assert back.history.first().history_change_reason == "Sent back. Step 2 is unclear."


def test_curation_discards_the_copy_and_keeps_the_exercise(published: Exercise, cora: User) -> None:
    copy = curation.start_edit(actor=cora, exercise=published)

    curation.discard(actor=cora, exercise=copy, revision=copy.revision)
    curation.discard(actor=cora, exercise=copy, revision=copy.revision)

    assert not Exercise.objects.filter(replaces=published).exists()
    assert Exercise.objects.get(pk=published.pk).state == "published"
    assert Exercise.history.filter(replaces_id=published.pk).first().history_type == "-"


def test_curation_never_discards_what_is_published(published: Exercise, cora: User) -> None:
    with pytest.raises(RevisionConflict):
        curation.discard(actor=cora, exercise=published, revision=published.revision)


def test_curation_retires_and_restores(published: Exercise, cora: User) -> None:
    gone = curation.retire(
        actor=cora, exercise=published, revision=published.revision, reason="A better one exists.", now=NOW
    )
    assert (gone.state, gone.retired_at) == ("retired", NOW)
    with pytest.raises(WrongState):
        curation.start_edit(actor=cora, exercise=gone)

    back = curation.restore(actor=cora, exercise=gone, revision=gone.revision, reason="Still used.", now=NOW)

    assert (back.state, back.retired_at, back.edition) == ("published", None, 1)
    said = [row.history_change_reason for row in back.history.all()[:2]]
    assert said == ["Restored. Still used.", "Retired. A better one exists."]


def test_curation_restores_no_merged_exercise(published: Exercise, cora: User) -> None:
    other = factories.make_exercise()
    gone = curation.retire(actor=cora, exercise=published, revision=published.revision, reason="", now=NOW)
    Exercise.objects.filter(pk=gone.pk).update(merged_into=other)
    gone.refresh_from_db()

    with pytest.raises(WrongState):
        curation.restore(actor=cora, exercise=gone, revision=gone.revision, reason="", now=NOW)


def test_curation_publishes_over_no_retired_exercise(published: Exercise, cora: User, cleo: User) -> None:
    copy = curation.start_edit(actor=cora, exercise=published)
    copy = curation.save(actor=cora, exercise=copy, revision=copy.revision, content={"cue": "Stand tall."})
    waiting = submitted(copy, cora)
    published.refresh_from_db()
    curation.retire(actor=cora, exercise=published, revision=published.revision, reason="", now=NOW)

    with pytest.raises(WrongState):
        publish(waiting, cleo)

    assert Exercise.objects.filter(pk=copy.pk, state="in_review").exists()


def test_curation_makes_each_request_once(cora: User, cleo: User) -> None:
    key = Exercise(name="x").pk
    draft = curation.create(actor=cora, content=COMPLETE, key=key)
    assert curation.create(actor=cora, content=COMPLETE, key=key).pk == draft.pk
    seen = draft.revision
    for _ in range(2):
        waiting = curation.submit(actor=cora, exercise=draft, revision=seen, note="Once.", now=NOW)
    seen, before = waiting.revision, Exercise.objects.get(pk=waiting.pk)
    row = curation.publish(actor=cleo, exercise=waiting, revision=seen, now=NOW)
    again = curation.publish(actor=cleo, exercise=before, revision=seen, now=NOW)
    assert (row.pk, again.pk, again.edition) == (draft.pk, draft.pk, 1)

    copy = curation.start_edit(actor=cora, exercise=row)
    assert curation.start_edit(actor=cora, exercise=row).pk == copy.pk
    copy = curation.save(actor=cora, exercise=copy, revision=copy.revision, content={"cue": "Stand tall."})
    same = curation.save(actor=cora, exercise=copy, revision=copy.revision - 1, content={"cue": "Stand tall."})
    assert same.revision == copy.revision
    waiting = submitted(copy, cora)
    for _ in range(2):
        row = curation.publish(actor=cleo, exercise=waiting, revision=waiting.revision, now=NOW)
    assert row.edition == 2
    row.refresh_from_db()
    seen = row.revision
    for _ in range(2):
        row = curation.retire(actor=cora, exercise=row, revision=seen, reason="Done.", now=NOW)
    assert AuditEvent.objects.filter(verb="exercise.retire").count() == 1
    assert AuditEvent.objects.filter(verb="exercise.publish").count() == 2


def test_curation_tells_who_comes_too_late(draft: Exercise, cora: User, cleo: User) -> None:
    mine, theirs = draft, Exercise.objects.get(pk=draft.pk)
    curation.save(actor=cora, exercise=mine, revision=1, content={"cue": "Mine."})

    with pytest.raises(RevisionConflict):
        curation.save(actor=cleo, exercise=theirs, revision=1, content={"cue": "Theirs."})

    assert Exercise.objects.get(pk=draft.pk).cue == "Mine."


def test_curation_keeps_a_clinics_own_in_the_clinic(world: World) -> None:
    own = curation.create(actor=world.ana, content=COMPLETE, clinic=world.harbour)
    assert own.code.startswith("C")
    assert (own.clinic, own.shared) == (world.harbour, False)

    row = publish(own, world.ana)

    assert (row.state, row.edition) == ("published", 1)
    seen = {who: list(Exercise.objects.for_clinic(who).filter(pk=row.pk)) for who in (world.harbour, world.hill)}
    assert seen == {world.harbour: [row], world.hill: []}


def test_curation_numbers_each_kind_from_101(cora: User) -> None:
    codes = [curation.create(actor=cora, content=COMPLETE | {"name": f"N{n}"}).code for n in range(3)]
    codes.append(curation.create(actor=cora, content=COMPLETE | {"name": "Roll", "kind": "foam_rolling"}).code)

    assert codes == ["S101", "S102", "S103", "R101"]


def test_curation_brings_an_old_version_back_as_a_draft(published: Exercise, cora: User, cleo: User) -> None:
    copy = curation.start_edit(actor=cora, exercise=published)
    copy = curation.save(actor=cora, exercise=copy, revision=copy.revision, content={"cue": "Worse words."})
    row = publish(submitted(copy, cora), cleo)
    first = row.editions.get(number=1)

    back = curation.restore_version(actor=cora, exercise=row, version=first.content, reason="Back to edition 1.")

    assert (back.replaces, back.state, back.cue) == (row, "draft", "Lift your breastbone.")
    assert Exercise.objects.get(pk=row.pk).cue == "Worse words."
