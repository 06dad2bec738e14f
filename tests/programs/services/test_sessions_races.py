"""Two writes at the same moment end as if one had come after the other. And what one write costs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from patients.models import PainEntry
from programs.models import Entry, LogReceipt, PatientStatus, PrescriptionItem, Session
from programs.services import prescriptions, sessions
from programs.services.sessions import EntryDraft, LogResult, SessionDraft
from tests.factories import NOW, TODAY

MOST_STATEMENTS = 8  # the write itself; the rollup adds its own
ROLLUP = "programs_patientstatus"


def at_once(*acts: Callable[[], LogResult]) -> list[LogResult]:
    barrier = Barrier(len(acts))

    def run(act: Callable[[], LogResult]) -> LogResult:
        try:
            barrier.wait(timeout=10)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def draft(prescription, *entries, **values) -> SessionDraft:
    return SessionDraft(
        **{"prescription_id": prescription.pk, "local_date": TODAY, "slot": "07:30", "entries": entries} | values
    )


def log(patient, wanted, client_uuid) -> LogResult:
    return sessions.log(actor=patient.user, patient=patient, draft=wanted, client_uuid=client_uuid, now=NOW)


@pytest.fixture
def items(prescription) -> list[PrescriptionItem]:
    return list(PrescriptionItem.objects.filter(version__prescription=prescription))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_identical_posts_at_once_are_one_write(dan, prescription, items):
    wanted = draft(prescription, EntryDraft(items[0].pk, "done"), pain_after=3)
    for _ in range(5):
        client_uuid = uuid4()

        results = at_once(*[lambda: log(dan, wanted, client_uuid)] * 4)  # noqa: B023

        assert sorted(result.created for result in results) == [False, False, False, True]
    assert Session.objects.count() == Entry.objects.count() == PainEntry.objects.count() == 1
    assert LogReceipt.objects.count() == 5


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_devices_at_once_share_one_session_with_true_counters(dan, prescription, items):
    first = draft(prescription, EntryDraft(items[0].pk, "done"), pain_after=3)
    second = draft(prescription, EntryDraft(items[1].pk, "skipped", "time"), pain_after=5)

    at_once(lambda: log(dan, first, uuid4()), lambda: log(dan, second, uuid4()))

    session = Session.objects.get()
    assert (session.done, session.partly, session.skipped) == (1, 0, 1)
    assert PainEntry.objects.get().score in (3, 5)
    assert PatientStatus.objects.get(patient=dan).done == 1


@pytest.mark.django_db
def test_one_write_costs_at_most_eight_statements_and_the_rollup(dan, prescription, items, capsys):
    wanted = draft(prescription, *[EntryDraft(item.pk, "done") for item in items], pain_after=3)

    with CaptureQueriesContext(
        connection,
    ) as captured:
        log(dan, wanted, uuid4())

    statements = [q["sql"] for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    receipt = next(n for n, sql in enumerate(statements) if 'INSERT INTO "programs_logreceipt"' in sql)
    own = statements[: receipt + 2]  # the audit entry follows the receipt, then the rollup
    assert 'INSERT INTO "patients_auditevent"' in own[-1]
    with capsys.disabled():
        print(f"\none log write: {len(own)} statements, {len(statements)} with the rollup")
    assert len(own) <= MOST_STATEMENTS
    assert len(statements) <= MOST_STATEMENTS + 5


@pytest.mark.django_db
def test_a_replay_costs_two_statements(dan, prescription, items):
    wanted, client_uuid = draft(prescription, EntryDraft(items[0].pk, "done")), uuid4()
    log(dan, wanted, client_uuid)

    with CaptureQueriesContext(connection) as captured:
        log(dan, wanted, client_uuid)

    assert len([q for q in captured if "SAVEPOINT" not in q["sql"]]) == 2


@pytest.mark.django_db
def test_the_cost_does_not_grow_with_the_number_of_exercises(dan, prescription, django_assert_num_queries):
    from tests import factories

    large = factories.make_prescription(dan, *[factories.make_exercise() for _ in range(20)], slots=("08:00",))
    many = PrescriptionItem.objects.filter(version__prescription=large)
    small = PrescriptionItem.objects.filter(version__prescription=prescription)
    costs = []
    for owner, slot, own in ((prescription, "07:30", small), (large, "08:00", many)):
        entries = [EntryDraft(item.pk, "done") for item in own]
        with CaptureQueriesContext(connection) as captured:
            log(dan, draft(owner, *entries, slot=slot), uuid4())
        costs.append(len(captured))

    assert costs[0] == costs[1]


@pytest.mark.django_db
@pytest.mark.parametrize("act", ["end", "withdraw"])
def test_ending_a_prescription_waits_for_the_patients_writes_first(ana, dan, prescription, act):
    values = {"on": TODAY} if act == "end" else {}

    with CaptureQueriesContext(connection) as captured:
        getattr(prescriptions, act)(actor=ana, prescription=prescription, now=NOW, **values)

    locks = [q["sql"] for q in captured if " FOR NO KEY UPDATE" in q["sql"] or " FOR UPDATE" in q["sql"]]
    assert 'FROM "patients_patient"' in locks[0]
    assert 'FROM "programs_prescription"' in locks[1]
