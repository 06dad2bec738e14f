"""The curator's home: each exercise in its queue, the table of everything, and the same cost for any number."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exercises.enums import ExerciseState, MediaKind, MediaState
from exercises.models import Exercise, ExerciseMedia
from exercises.services import clinic_exercises, content, curation
from programs import cockpit, usage
from programs.cockpit import Lack
from tests.factories import NOW, TODAY
from tests.programs.curating import WORDS, in_review, make_whole, use
from tests.programs.curating import curation_page as page
from tests.programs.curating import names_of as names
from tests.programs.portal import text_of
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("frozen")]
MOST_STATEMENTS = 14
HOME = "/curation/"


@pytest.fixture
def as_cora(client: Client, world: World) -> Client:
    client.force_login(world.cora, backend="django.contrib.auth.backends.ModelBackend")
    return client


def waiting(response) -> dict[str, list[str]]:
    return {one.queue.value: [row.name for row in one.rows] for one in response.context["waiting"]}


def draft_by(world: World, who: str, name: str, **words) -> Exercise:
    values = {"kind": "stretching", "level": "beginner", "strength": "C", "name": name, "repetitions": 3, **WORDS}
    values |= {"facets": {"region": ["hip"], "position": ["standing"], "equipment": ["none"]}}
    return curation.create(actor=getattr(world, who), content=values | words)


def submit(world: World, who: str, draft: Exercise) -> Exercise:
    return curation.submit(actor=getattr(world, who), exercise=draft, revision=draft.revision, note="Please.", now=NOW)


# --- Getting there -------------------------------------------------------------------------------------------


def test_a_curator_lands_here_after_signing_in(as_cora: Client) -> None:
    response = as_cora.get("/", follow=True)

    assert response.redirect_chain == [(HOME, 302)]
    assert 'href="/curation/"' in text_of(response)


@pytest.mark.parametrize(("who", "status"), [("ana", 403), ("adam", 403), ("cleo", 200)])
def test_only_curators_see_it(client: Client, world: World, who: str, status: int) -> None:
    client.force_login(getattr(world, who))

    assert page(client).status_code == status


# --- Queues --------------------------------------------------------------------------------------------------


def test_empty_queues_say_so_kindly(as_cora: Client, world: World) -> None:
    response = page(as_cora)

    assert response.context["waiting"] == []
    said = text_of(response)
    assert all(queue.kindly in said for queue in cockpit.Queue)
    assert "Every photo and video can be shown." in said
    assert "Nothing waits for you." in said


def test_review_holds_what_others_submitted_and_not_my_own(as_cora: Client, world: World) -> None:
    submit(world, "cleo", draft_by(world, "cleo", "By Cleo"))
    submit(world, "cora", draft_by(world, "cora", "By Cora"))
    submit(world, "cora", draft_by(world, "cleo", "Cleo's, submitted by Cora"))

    response = page(as_cora)

    assert waiting(response) == {"review": ["By Cleo"]}
    assert "Cleo Marsh · a new exercise · Please." in text_of(response)
    assert response.context["sentence"] == "1 to review."


def test_sent_back_and_my_drafts_stay_apart(as_cora: Client, world: World) -> None:
    back = submit(world, "cora", draft_by(world, "cora", "Sent back"))
    curation.send_back(actor=world.cleo, exercise=back, revision=back.revision, note="Shorter steps.", now=NOW)
    draft_by(world, "cora", "Mine", cue="")
    draft_by(world, "cleo", "Not mine")

    response = page(as_cora)

    assert waiting(response) == {"sent_back": ["Sent back"], "mine": ["Mine"]}
    assert "Shorter steps." in text_of(response)
    assert "a new exercise · one piece missing" in text_of(response)


def test_what_was_sent_back_stays_there_while_i_mend_it_and_leaves_when_i_submit(as_cora: Client, world: World) -> None:
    back = submit(world, "cora", draft_by(world, "cora", "Mended"))
    back = curation.send_back(actor=world.cleo, exercise=back, revision=back.revision, note="Shorter.", now=NOW)
    words = content.content_of(back) | {"cue": "Grow tall."}
    back = curation.save(actor=world.cora, exercise=back, revision=back.revision, content=words)
    assert waiting(page(as_cora)) == {"sent_back": ["Mended"]}

    later = NOW + timedelta(minutes=5)
    back = curation.submit(actor=world.cora, exercise=back, revision=back.revision, note="Mended.", now=later)
    assert waiting(page(as_cora)) == {}

    words = content.content_of(back) | {"cue": "Grow taller."}
    curation.save(actor=world.cora, exercise=back, revision=back.revision, content=words)
    assert waiting(page(as_cora)) == {"mine": ["Mended"]}


def test_a_working_copy_of_a_colleague_waits_under_its_name(as_cora: Client, world: World) -> None:
    exercise = make_whole("Doorway stretch")
    copy = in_review(world, exercise, cue="Grow tall.")
    Exercise.objects.filter(pk=copy.pk).update(written_by=world.cleo, submitted_by=world.cleo)

    response = page(as_cora)

    assert waiting(response) == {"review": ["Doorway stretch"]}
    assert "Cleo Marsh · a change" in text_of(response)
    assert f'href="{reverse("exercises:curation_review", args=[exercise.code])}"' in text_of(response)


@pytest.mark.parametrize(
    ("days", "is_there", "is_overdue"), [(-1, True, True), (0, True, False), (30, True, False), (31, False, False)]
)
def test_reviews_are_announced_thirty_days_ahead(as_cora, world, days: int, is_there: bool, is_overdue: bool) -> None:
    make_whole("Due", review_due_on=TODAY + timedelta(days=days))
    make_whole("Due, but retired", review_due_on=TODAY, state=ExerciseState.RETIRED)

    response = page(as_cora)

    assert waiting(response) == ({"due": ["Due"]} if is_there else {})
    assert ("Overdue" in text_of(response)) == is_overdue


def test_a_clinics_proposal_has_its_own_queue(as_cora: Client, world: World) -> None:
    own = make_whole("Harbour hinge", clinic=world.harbour)
    clinic_exercises.propose(actor=world.ana, exercise=own, note="Our patients like it.", now=NOW)

    response = page(as_cora)

    assert waiting(response) == {"proposal": ["Harbour hinge"]}
    assert "Harbour Physiotherapy · Our patients like it." in text_of(response)


def test_imports_wait_apart_from_my_drafts(as_cora: Client, world: World) -> None:
    for number in range(7):
        row = Exercise(code=f"IMP{number}", name=f"Imported {number}", kind="stretching", level="beginner",
                       strength="C", shared=True, imported_from="a list of facts")  # fmt: skip
        content.create(actor=world.cora, exercise=row, reason="Imported.")

    response = page(as_cora)

    [one] = response.context["waiting"]
    assert (one.queue, one.total, len(one.rows)) == (cockpit.Queue.IMPORTED, 7, cockpit.SHOWN)
    assert "?show=imported#library" in text_of(response)
    assert len(page(as_cora, "?show=imported").context["rows"]) == 7


def test_texts_that_came_with_an_update_wait_for_a_curator(as_cora: Client, world: World) -> None:
    exercise = make_whole("Shipped")
    copy = Exercise(code=f"{exercise.code}-draft", shared=True, replaces=exercise, curation_note="A new text.")
    content.create(actor=None, exercise=content.put(copy, content.content_of(exercise)), reason="The shipped library")

    assert waiting(page(as_cora)) == {"new_text": ["Shipped"]}


def test_media_in_trouble_are_named_with_what_is_wrong(as_cora: Client, world: World) -> None:
    exercise, own = make_whole("With a photo"), make_whole("A clinic's", clinic=world.harbour)
    values = {"kind": MediaKind.PHOTO, "licence": "CC0", "author": "A", "alt_text": "A person"}
    ExerciseMedia.objects.create(exercise=exercise, state=MediaState.REFUSED, trouble="Too large.", **values)
    ExerciseMedia.objects.create(exercise=exercise, state=MediaState.READY, **values)
    ExerciseMedia.objects.create(exercise=own, state=MediaState.LOST, **values)

    response = page(as_cora)

    assert response.context["media"].total == 1
    assert "Photo: Too large." in text_of(response)


# --- Gaps and counts -----------------------------------------------------------------------------------------


def test_gaps_are_counted_in_what_is_published(as_cora: Client, world: World) -> None:
    drawn = next(iter(cockpit.all_pictures()))
    make_whole("Whole", figure=drawn, neighbours={"no_floor": "S01"})
    make_whole("No alternative", figure=drawn, neighbours={"easier": "S01"})
    content.derive(bare := make_whole("Bare", cue="")).save()
    make_whole("Draft", cue="", state=ExerciseState.DRAFT)

    gaps = page(as_cora).context["gaps"]

    others = len(world.exercises)  # the world's exercises have neither picture nor alternative
    assert bare.missing == ["cue"]
    assert gaps == {Lack.PIECES: 1, Lack.PICTURE: 1 + others, Lack.ALTERNATIVE: 2 + others}


def test_a_ready_photo_is_a_picture(as_cora: Client, world: World) -> None:
    exercise = make_whole("Photographed")
    before = page(as_cora).context["gaps"][Lack.PICTURE]
    photo = ExerciseMedia.objects.create(exercise=exercise, kind=MediaKind.PHOTO, state=MediaState.WAITING)
    assert page(as_cora).context["gaps"][Lack.PICTURE] == before
    ExerciseMedia.objects.filter(pk=photo.pk).update(state=MediaState.READY)

    assert page(as_cora).context["gaps"][Lack.PICTURE] == before - 1


def test_counts_by_state_kind_and_grade_leave_clinics_own_out(as_cora: Client, world: World) -> None:
    make_whole("Draft", state=ExerciseState.DRAFT, kind="balance", strength="A")
    make_whole("A", strength="A", kind="balance")
    make_whole("A clinic's", clinic=world.harbour, strength="B")

    counts = page(as_cora).context["counts"]

    assert counts.states == {"draft": 1, "published": 1 + len(world.exercises)}
    assert (counts.grades, counts.kinds["balance"], counts.total) == ({"A": 1, "C": 4}, 1, 6)


# --- The table -----------------------------------------------------------------------------------------------


def test_table_shows_every_state_and_only_the_shared_library(as_cora: Client, world: World) -> None:
    for state in ExerciseState:
        make_whole(f"Entry {state}", state=state)
    make_whole("Entry of a clinic", clinic=world.harbour)

    response = page(as_cora, "?q=entry")

    assert names(response) == ["Entry draft", "Entry in_review", "Entry published", "Entry retired"]
    assert [row.url.rsplit("/", 2)[-2] for row in response.context["rows"]] == [
        "edit", "review", response.context["rows"][2].exercise.code, "retire",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=retired", ["Old"]),
        ("?kind=balance", ["Balance"]),
        ("?grade=A", ["Balance"]),
        ("?due=overdue", ["Overdue"]),
        ("?due=soon", ["Overdue", "Soon"]),
        ("?lack=cue", ["No cue"]),
        ("?lack=pieces&state=draft", ["No cue"]),
        ("?imported=yes", ["Imported"]),
        ("?q=bal&grade=A&kind=balance", ["Balance"]),
        ("?q=nothing-like-it", []),
        ("?q=%25", []),
        ("?show=due&sort=-name", ["Soon", "Overdue"]),
    ],
)
def test_table_filters_combine(as_cora: Client, world: World, query: str, found: list[str]) -> None:
    Exercise.objects.update(missing=[], review_due_on=TODAY + timedelta(days=200))
    make_whole("Old", state=ExerciseState.RETIRED)
    make_whole("Balance", kind="balance", strength="A")
    make_whole("Overdue", review_due_on=TODAY - timedelta(days=1))
    make_whole("Soon", review_due_on=TODAY + timedelta(days=9))
    make_whole("No cue", cue="", state=ExerciseState.DRAFT)
    make_whole("Imported", imported_from="elsewhere", state=ExerciseState.DRAFT)

    assert names(page(as_cora, query)) == found


@pytest.mark.parametrize(
    "query", ["?state=nonsense&kind=1&sort=-nothing&page=x", "?page=999", "?page=-1", "?q=%00", "?q=" + "x" * 9000]
)
def test_what_is_not_understood_is_left_out(as_cora: Client, world: World, query: str) -> None:
    assert page(as_cora, query).status_code == 200


def test_htmx_gets_the_table_alone(as_cora: Client, world: World) -> None:
    make_whole("Standing hip stretch")
    with CaptureQueriesContext(connection) as captured:
        response = page(as_cora, "?q=hip", **{"HX-Request": "true"})

    said = text_of(response)
    assert "<html" not in said
    assert "waiting" not in response.context
    assert "Standing hip stretch" in said
    assert len(captured) <= MOST_STATEMENTS - 4


def test_going_back_in_the_browser_brings_the_whole_page(as_cora: Client, world: World) -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    assert "Everything in the library" in text_of(page(as_cora, "?state=draft", **headers))


def test_the_address_keeps_filters_while_sorting_and_paging(as_cora: Client, world: World) -> None:
    for number in range(41):
        make_whole(f"Many {number:02}")

    response = page(as_cora, "?q=many&state=published&sort=-review")

    assert response.context["columns"]["name"].query == "?q=many&state=published&sort=name"
    assert response.context["columns"]["review"].query == "?q=many&state=published&sort=review"
    assert "?q=many&amp;state=published&amp;sort=-review&amp;page=2" in text_of(response)
    assert len(names(page(as_cora, "?q=many&sort=-review&page=2"))) == 1


# --- Budget --------------------------------------------------------------------------------------------------


def statements(client: Client, query: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert page(client, query).status_code == 200
    return len(captured)


def test_statements_do_not_grow_with_the_library(as_cora: Client, world: World) -> None:
    queries = ["", "?sort=-skipped", "?q=entry&state=published", "?show=sent_back"]
    fill(world, 20)
    with_20 = [statements(as_cora, query) for query in queries]
    fill(world, 480)
    with_500 = [statements(as_cora, query) for query in queries]

    assert with_500 == with_20
    assert max(with_500) <= MOST_STATEMENTS


def fill(world: World, number: int) -> None:
    """Entries in all states by several hands, used by some patients."""
    states = list(ExerciseState)
    rows = Exercise.objects.bulk_create(
        Exercise(
            code=f"N{Exercise.objects.count() + n}", name=f"Entry {n}", kind="stretching", level="beginner",
            strength="ABC"[n % 3], shared=True, state=states[n % 4], written_by=[world.cora, world.cleo][n % 2],
            review_due_on=TODAY + timedelta(days=n), facets={"position": ["standing"]}, search_text=f" entry {n} | | |",
            imported_from="" if n % 5 else "elsewhere", missing=["cue"] if n % 3 else [],
        )
        for n in range(number)
    )  # fmt: skip
    for exercise in rows[:20:2]:
        use(world, exercise, "dsd", before=4, after=3)
        ExerciseMedia.objects.create(exercise=exercise, kind=MediaKind.PHOTO, state=MediaState.LOST)
    usage.recount(NOW)
