"""The other side of every ratio: Django with its default middleware and nothing of ours, on the same database.

EMPTY answers without a query, SELECT1 asks the database for 1, AGG50 reads the 28-day adherence and the 7-day mean pain
of 50 patients in one statement through the covering indexes and answers JSON (`speed.md`, section 3b).
"""

import os
from pathlib import Path

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from config.lib.stores import database

AGG50 = """
SELECT p.patient_id, s.expected, s.done, s.partly, s.skipped, q.mean
FROM (SELECT patient_id FROM patients_careteam WHERE therapist_id = %s ORDER BY patient_id LIMIT 50) p
{lateral}
"""
POSTGRES = AGG50.format(
    lateral="""
LEFT JOIN LATERAL (SELECT sum(expected) expected, sum(done) done, sum(partly) partly, sum(skipped) skipped
    FROM programs_session WHERE patient_id = p.patient_id AND local_date BETWEEN %s AND %s) s ON true
LEFT JOIN LATERAL (SELECT avg(score)::float8 mean FROM patients_painentry
    WHERE patient_id = p.patient_id AND local_date BETWEEN %s AND %s) q ON true"""
)
SQLITE = AGG50.format(
    lateral="""
LEFT JOIN (SELECT patient_id, sum(expected) expected, sum(done) done, sum(partly) partly, sum(skipped) skipped
    FROM programs_session WHERE patient_id IN (SELECT patient_id FROM patients_careteam WHERE therapist_id = %s)
    AND local_date BETWEEN %s AND %s GROUP BY patient_id) s ON s.patient_id = p.patient_id
LEFT JOIN (SELECT patient_id, avg(score) mean FROM patients_painentry
    WHERE patient_id IN (SELECT patient_id FROM patients_careteam WHERE therapist_id = %s)
    AND local_date BETWEEN %s AND %s GROUP BY patient_id) q ON q.patient_id = p.patient_id"""
)


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


def select1(request: HttpRequest) -> HttpResponse:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return HttpResponse(str(cursor.fetchone()[0]))


def agg50(request: HttpRequest) -> JsonResponse:
    from django.db import connection

    therapist, first, week, last = (request.GET[name] for name in ("therapist", "first", "week", "last"))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES, [therapist, first, last, week, last])
        else:
            cursor.execute(SQLITE, [therapist, therapist, first, last, therapist, week, last])
        return JsonResponse({"patients": [[str(value) for value in row] for row in cursor.fetchall()]})


if not settings.configured:
    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="tests.bench.bare",
        DATABASES={"default": database(os.environ["DATABASE_URL"])},
        BASE_DIR=Path(__file__).parent,
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        USE_TZ=True,
    )
    django.setup()

from django.urls import path  # noqa: E402  needs the settings

urlpatterns = [path("empty", empty), path("select1", select1), path("agg50", agg50)]

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
