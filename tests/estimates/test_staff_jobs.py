"""Frequent jobs: their pages and their service."""

from decimal import Decimal

import pytest
from django.db import IntegrityError

from estimates.models import JobTemplate, JobTemplateLine
from estimates.services import jobs
from estimates.services.jobs import JobLineInput, JobNameTaken, JobWithoutLines
from estimates.states import LineKind
from shopdisputes.actors import Role
from shopdisputes.audit.models import AuditEvent
from tests.estimates.staff import LABOUR, PART, browser_of, posted, text_of, values_of
from tests.factories import NOW, JobTemplateFactory, JobTemplateLineFactory
from tests.races import overtake, without_locks

pytestmark = pytest.mark.django_db

OIL = JobLineInput(kind=LineKind.LABOUR, description="Change the oil", quantity=Decimal("0.5"))


@pytest.fixture
def desk(shop):
    return browser_of(shop)


def job_form(*lines, **other):
    rows = [{k: v for k, v in line.items() if k != "tax_rate"} for line in lines]
    return posted(*rows, name="Front brakes", language="en", is_active="on", **other)


def test_the_list_says_kindly_that_there_is_nothing(desk):
    assert "No frequent jobs yet" in text_of(desk.get("/settings/jobs/"))


def test_writes_a_job_whose_labour_takes_the_shops_rate(desk):
    response = desk.post("/settings/jobs/new/", job_form(LABOUR | {"unit_price": ""}, PART))
    assert response["Location"] == "/settings/jobs/"
    job = JobTemplate.objects.get()
    assert (job.name, job.language, job.is_active) == ("Front brakes", "en", True)
    lines = job.lines.order_by("position")
    assert [(line.kind, line.unit_price) for line in lines] == [
        ("labour", None),
        ("part", Decimal("57.90")),
    ]
    assert "Front brakes" in text_of(desk.get("/settings/jobs/"))
    assert "2 lines · English" in text_of(desk.get("/settings/jobs/"))


def test_shows_and_changes_a_job(desk, shop):
    job = JobTemplateFactory(shop=shop, name="Oil")
    JobTemplateLineFactory(template=job)
    url = f"/settings/jobs/{job.pk}/"
    page = desk.get(url)
    assert values_of(page, "description") == ["Change the oil"]
    assert values_of(page, "unit_price") == [""]
    data = job_form(PART)
    del data["is_active"]
    assert desk.post(url, data).status_code == 303
    job.refresh_from_db()
    assert (job.name, job.is_active) == ("Front brakes", False)
    assert [line.kind for line in job.lines.all()] == ["part"]


@pytest.mark.parametrize(
    ("lines", "other", "words"),
    [
        ([LABOUR | {"quantity": "-1"}], {}, "At least 0.001."),
        ([LABOUR], {"name": ""}, "This field is required."),
        ([], {}, "A frequent job needs at least one line."),
        ([LABOUR], {"name": "oil"}, "Another frequent job has this name."),
    ],
)
def test_refuses_and_loses_nothing(desk, shop, lines, other, words):
    JobTemplateFactory(shop=shop, name="Oil")
    response = desk.post("/settings/jobs/new/", job_form(*lines) | other)
    assert response.status_code == 422
    assert words in text_of(response)
    assert values_of(response, "description") == [line["description"] for line in lines]
    assert JobTemplate.objects.count() == 1


def test_moves_rows_by_plain_posts(desk):
    response = desk.post("/settings/jobs/new/", job_form(LABOUR, do="add:part"))
    assert response.status_code == 200
    assert values_of(response, "description") == [LABOUR["description"], ""]
    assert values_of(response, "unit_price") == ["80.00", ""]
    assert not JobTemplate.objects.exists()


def test_stops_offering_and_offers_again(desk, shop):
    job = JobTemplateFactory(shop=shop)
    url = f"/settings/jobs/{job.pk}/offer/"
    for offered, wanted in (("0", False), ("0", False), ("1", True)):
        assert desk.post(url, {"offered": offered}).status_code == 303
        job.refresh_from_db()
        assert job.is_active is wanted
    actions = AuditEvent.objects.filter(target_id=job.pk).order_by("sequence")
    assert list(actions.values_list("action", flat=True)) == ["job.deactivated", "job.activated"]


def test_technicians_and_strangers_change_no_job(shop):
    job = JobTemplateFactory(shop=shop)
    technician = browser_of(shop, Role.TECHNICIAN)
    stranger = browser_of(JobTemplateFactory().shop)
    for path, status in (("", 403), ("offer/", 403)):
        assert technician.post(f"/settings/jobs/{job.pk}/{path}").status_code == status
        assert stranger.post(f"/settings/jobs/{job.pk}/{path}").status_code == 404
    assert technician.get("/settings/jobs/").status_code == 403


def test_the_same_name_is_free_in_another_shop(shop, by):
    JobTemplateFactory(name="Oil")
    job = jobs.create(shop=shop, name="Oil", language="en", lines=[OIL], by=by, at=NOW)
    assert job.lines.get().description == "Change the oil"
    event = AuditEvent.objects.for_shop(shop).get(action="job.created")
    assert event.data == {"name": "Oil", "lines": 1, "offered": True}


def test_the_service_refuses_a_name_twice_and_a_job_without_lines(shop, by):
    job = jobs.create(shop=shop, name="Oil", language="en", lines=[OIL], by=by, at=NOW)
    facts = {"language": "en", "by": by, "at": NOW}
    with pytest.raises(JobNameTaken):
        jobs.create(shop=shop, name="OIL", lines=[OIL], **facts)
    with pytest.raises(JobWithoutLines):
        jobs.change(job=job, name="Oil", is_active=True, lines=[], **facts)
    jobs.change(job=job, name="OIL", is_active=True, lines=[OIL, OIL], **facts)
    assert JobTemplate.objects.get().name == "OIL"
    assert JobTemplateLine.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locks", [True, False])
def test_who_takes_a_name_at_the_same_moment_is_told_at_the_field(shop, by, locks):
    def make():
        return jobs.create(shop=shop, name="Oil", language="en", lines=[OIL], by=by, at=NOW)

    def race():
        return overtake(make, make, pause_in="shopdisputes.audit.services.record")

    if locks:
        first, second = race()
        assert first.result().name == "Oil"
        assert second.exception().fields == {"name": JobNameTaken.default_message}
    else:
        with without_locks():
            first, second = race()
        assert isinstance(second.exception(), IntegrityError)
    assert JobTemplate.objects.count() == 1
