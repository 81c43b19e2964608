"""Answers written down at the desk: by phone, on the tablet, on paper."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from estimates.models import Authorization, PaperCopy
from shopdisputes.actors import Role
from shopdisputes.links.models import AccessLink
from shopdisputes.uploads.models import StoredFile
from tests.estimates import stages
from tests.estimates.staff import browser_of, text_of
from tests.estimates.stages import LATER, NO, YES
from tests.factories import NOW, CustomerFactory, EstimateFactory, RepairOrderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(shop):
    return browser_of(shop)


@pytest.fixture
def revision(shop):
    customer = CustomerFactory(shop=shop, name="Camille Durand", phone="+33612345678")
    return stages.sent(order=RepairOrderFactory(shop=shop, customer=customer))


def url_of(revision, name="oral/"):
    return f"/estimates/{revision.estimate.number}/{name}"


def answers(revision, *given):
    lines = stages.lines_of(revision)
    return {f"answer-{line.pk}": answer for line, answer in zip(lines, given, strict=True)}


def told(revision, *given, **other):
    return (
        answers(revision, *given)
        | {
            "person": "Camille Durand",
            "contact": "+33612345678",
            "said_at": "2026-03-16T10:20",
            "reason": "The discs are worn as well.",
            "words": "",
            "witness": "",
        }
        | other
    )


def photo(name="scan.png", content=b""):
    if not content:
        buffer = io.BytesIO()
        Image.new("L", (60, 60), 255).save(buffer, "PNG")
        content = buffer.getvalue()
    return SimpleUploadedFile(name, content)


def attested(revision, *given, **other):
    return (
        answers(revision, *given)
        | {
            "person": "Camille Durand",
            "signed_on": "2026-03-16",
            "receipt": "original_seen",
            "location": "Folder 2026",
            "reason": "",
            "witness": "",
            "unread_reason": "",
        }
        | other
    )


def test_the_phone_page_is_prefilled_and_warns_of_the_mail(desk, revision):
    page = desk.get(url_of(revision))
    words, content = text_of(page), page.content.decode()
    assert "a mail to" in words
    assert "object for 24 hours" in words
    assert 'value="Camille Durand"' in content
    assert 'value="06 12 34 56 78"' in content
    assert 'value="2026-03-16T10:30"' in content
    assert "checked" not in content


def test_writes_down_everything_that_was_said(desk, revision):
    data = told(revision, YES, LATER, words="Do the pads now.", witness="Theo")
    response = desk.post(url_of(revision), data)
    assert response.status_code == 303
    record = Authorization.objects.get()
    assert record.at == datetime(2026, 3, 16, 9, 20, tzinfo=UTC)
    assert record.recorded_at == NOW
    assert record.reason == (
        "The discs are worn as well.\nIn the customer’s words: “Do the pads now.”"
    )
    assert record.witness == "Theo"
    assert record.new_total == Decimal("172.80")
    assert record.objection_until == NOW + timedelta(hours=24)
    assert ("oral_confirmation", "queued") in stages.mails(revision)


def test_says_when_no_mail_can_confirm_it(desk, shop):
    customer = CustomerFactory(shop=shop, email="")
    order = RepairOrderFactory(shop=shop, customer=customer)
    revision = stages.sent(order=order, by_email=False)
    assert "no mail will confirm what was said" in text_of(desk.get(url_of(revision)))
    response = desk.post(url_of(revision), told(revision, YES, NO), follow=True)
    assert "nothing confirms it: write." in text_of(response)
    assert stages.mails(revision) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"person": ""}, "This field is required."),
        ({"contact": ""}, "This field is required."),
        ({"reason": ""}, "This field is required."),
        ({"said_at": "yesterday"}, "Enter a valid date/time."),
        ({"said_at": "2026-03-16T11:00"}, "This time is not over yet."),
    ],
)
def test_refuses_what_is_missing_and_keeps_the_rest(desk, revision, typed, words):
    before = stages.everything()
    response = desk.post(url_of(revision), told(revision, YES, NO, words="Well then.", **typed))
    assert response.status_code == 422
    assert words in text_of(response)
    assert "Well then." in response.content.decode()
    assert response.content.decode().count("checked") == 2
    assert stages.everything() == before


def test_every_line_needs_its_answer(desk, revision):
    data = told(revision, YES, NO)
    del data[next(iter(data))]
    response = desk.post(url_of(revision), data)
    assert response.status_code == 422
    assert "Choose what the customer said to this line." in text_of(response)
    assert not Authorization.objects.exists()


def test_reckons_what_the_answers_would_come_to(desk, revision):
    before = stages.everything()
    response = desk.post(url_of(revision, "oral/totals/"), answers(revision, YES, NO))
    words = text_of(response)
    assert "Authorized so far €0.00" in words
    assert "Change by this answer €172.80" in words
    assert "Authorized then €172.80" in words
    assert stages.everything() == before


def test_a_later_word_changes_single_lines_only(desk, revision):
    stages.record(revision, YES, LATER)
    page = desk.get(url_of(revision))
    assert "As before: Not now" in text_of(page)
    data = told(revision, "", YES, said_at="2026-03-16T10:30")
    assert desk.post(url_of(revision), data).status_code == 303
    latest = Authorization.objects.order_by("-new_total")[0]
    assert latest.new_total == Decimal("242.28")
    assert latest.answers.count() == 1


def test_a_later_word_about_nothing_is_refused(desk, revision):
    stages.record(revision, YES, LATER)
    response = desk.post(url_of(revision), told(revision, "", "", said_at="2026-03-16T10:30"))
    assert response.status_code == 422
    assert Authorization.objects.count() == 1


@pytest.mark.parametrize("path", ["oral/", "paper/"])
def test_nothing_is_recorded_about_a_withdrawn_estimate(desk, revision, path):
    desk.post(url_of(revision, "withdraw/"), {"reason": "Wrong car."})
    assert desk.get(url_of(revision, path)).status_code == 409
    assert desk.post(url_of(revision, path), told(revision, YES, YES)).status_code == 409
    assert not Authorization.objects.exists()


@pytest.mark.parametrize("path", ["oral/", "paper/", "in-person/", "paper/print/"])
def test_nothing_is_answered_before_it_was_sent(desk, shop, path):
    draft = EstimateFactory(shop=shop)
    assert desk.post(f"/estimates/{draft.number}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["oral/", "oral/totals/", "paper/", "in-person/", "paper/print/"])
def test_technicians_record_nothing(shop, revision, path):
    response = browser_of(shop, Role.TECHNICIAN).post(url_of(revision, path))
    assert response.status_code == 403
    assert not Authorization.objects.exists()


def test_opens_the_customers_page_on_the_tablet(desk, revision):
    response = desk.post(url_of(revision, "in-person/"))
    assert response.status_code == 303
    assert response["Location"].startswith("/c/estimate/")
    link = AccessLink.objects.get(purpose="estimate_in_person")
    assert link.expires_at == NOW + timedelta(hours=1)
    assert desk.get(response["Location"]).status_code == 200


def test_makes_a_print_and_shows_how_far_it_is(desk, revision):
    assert desk.post(url_of(revision, "paper/print/"))["Location"] == url_of(revision, "paper/")
    assert "being typeset, try 1" in text_of(desk.get(url_of(revision, "paper/")))
    copy = PaperCopy.objects.get()
    stages.typeset(copy.document)
    content = desk.get(url_of(revision, "paper/")).content.decode()
    assert f"/documents/{copy.document.pk}/?inline=1" in content


def test_takes_in_a_signed_paper_with_its_scan(desk, revision):
    data = attested(revision, YES, NO, unread_reason="Compared by hand.")
    response = desk.post(
        url_of(revision, "paper/"), data | {"scans": [photo(), photo("b.png", _jpeg())]}
    )
    assert response.status_code == 303
    record = Authorization.objects.get()
    assert record.evidence_level == "L5"
    assert record.at == NOW
    assert record.paper_receipt == "original_seen"
    assert record.paper_location == "Folder 2026"
    assert record.paper_unread_reason == "Compared by hand."
    assert record.files.count() == 2


def test_a_paper_signed_on_an_earlier_day_counts_from_its_noon(shop, revision, clock):
    clock.shift(timedelta(days=2))
    browser_of(shop).post(
        url_of(revision, "paper/"), attested(revision, YES, NO, signed_on="2026-03-17")
    )
    assert Authorization.objects.get().at == datetime(2026, 3, 17, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"signed_on": "2026-03-17"}, "This day has not come yet."),
        ({"signed_on": ""}, "This field is required."),
        ({"receipt": ""}, "This field is required."),
        ({"person": ""}, "This field is required."),
    ],
)
def test_refuses_a_paper_that_is_not_attested(desk, revision, typed, words):
    data = attested(revision, YES, NO, location="Folder 7") | typed
    response = desk.post(url_of(revision, "paper/"), data)
    assert response.status_code == 422
    assert words in text_of(response)
    if "location" not in typed:
        assert "Folder 7" in response.content.decode()
    assert not Authorization.objects.exists()


def test_a_scan_whose_codes_cannot_be_read_needs_a_word(desk, revision):
    response = desk.post(
        url_of(revision, "paper/"), attested(revision, YES, NO) | {"scans": photo()}
    )
    assert response.status_code == 422
    assert "Not every page" in text_of(response)
    assert "choose them again" in text_of(response)
    assert not Authorization.objects.exists()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (("letter.pdf", b"no pdf at all"), "The content counts, not the name."),
        (("empty.png", b""), "The submitted file is empty."),
    ],
)
def test_refuses_files_that_are_no_scans(desk, revision, file, words):
    data = attested(revision, YES, NO) | {"scans": SimpleUploadedFile(*file)}
    response = desk.post(url_of(revision, "paper/"), data)
    assert response.status_code == 422
    assert words in text_of(response)
    assert not StoredFile.objects.exists()


def test_refuses_more_files_than_a_paper_has_pages(desk, revision):
    scans = [photo(f"{number}.png") for number in range(21)]
    response = desk.post(url_of(revision, "paper/"), attested(revision, YES, NO) | {"scans": scans})
    assert response.status_code == 422
    assert "At most 20 files" in text_of(response)


def _jpeg():
    buffer = io.BytesIO()
    Image.new("L", (80, 60), 200).save(buffer, "JPEG")
    return buffer.getvalue()
