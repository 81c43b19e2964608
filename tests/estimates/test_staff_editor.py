"""The line editor: writing, moving rows without a script, totals, refusals that lose nothing."""

import uuid
from datetime import date
from decimal import Decimal

import pytest

from estimates.models import Estimate, EstimateLine, EstimateRevision
from estimates.services import jobs
from estimates.services.jobs import JobLineInput
from estimates.states import LineKind
from shopdisputes.actors import Role
from shopdisputes.audit.models import AuditEvent
from tests.estimates import stages
from tests.estimates.staff import LABOUR, PART, browser_of, posted, text_of, values_of
from tests.factories import NOW, EstimateFactory, JobTemplateFactory, RepairOrderFactory

pytestmark = pytest.mark.django_db

OIL = JobLineInput(kind=LineKind.LABOUR, description="Change the oil", quantity=Decimal("0.5"))


@pytest.fixture
def order(shop):
    return RepairOrderFactory(shop=shop)


@pytest.fixture
def desk(shop):
    return browser_of(shop)


def new_url(order):
    return f"/repair-orders/{order.number}/estimates/new/"


def test_a_new_estimate_begins_with_a_line_of_labour_at_the_shops_rate(desk, order):
    page = desk.get(new_url(order))
    assert page.status_code == 200
    assert values_of(page, "unit_price") == ["80.00"]
    assert values_of(page, "tax_rate") == ["20"]
    assert values_of(page, "valid_until") == ["2026-04-15"]
    assert "Total €0.00" in text_of(page)
    assert not Estimate.objects.exists()


def test_saves_what_was_typed_with_a_comma(desk, order):
    line = LABOUR | {"quantity": "1,8", "unit_price": "80,00"}
    response = desk.post(new_url(order), posted(line, PART, deposit_amount="100,00"))
    estimate = Estimate.objects.get()
    assert response.status_code == 303
    assert response["Location"] == f"/estimates/{estimate.number}/"
    revision = estimate.revisions.get()
    assert revision.total == Decimal("242.28")
    assert revision.deposit_amount == Decimal("100.00")
    assert revision.valid_until == date(2026, 4, 15)
    assert [line.description for line in revision.lines.in_order()] == [
        "Replace the front brake pads",
        "Front brake pads, set",
    ]


def test_save_and_send_goes_on_to_the_dialog(desk, order):
    response = desk.post(new_url(order), posted(LABOUR, do="save-send"))
    assert response["Location"] == f"/estimates/{Estimate.objects.get().number}/send/"


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("quantity", "-1", "At least 0.001."),
        ("quantity", "10000", "At most 9999."),
        ("quantity", "1.2345", "At most 3 decimal places."),
        ("quantity", "two", "Write a number, for example 12.50."),
        ("unit_price", "10.005", "At most 2 decimal places."),
        ("unit_price", "-5", "Only a discount may be below zero."),
        ("tax_rate", "101", "At most 100."),
        ("tax_rate", "", "This field is required."),
        ("description", "", "This field is required."),
    ],
)
def test_refuses_at_the_field_and_loses_nothing(desk, order, field, typed, words):
    response = desk.post(new_url(order), posted(LABOUR | {field: typed}, PART))
    assert response.status_code == 422
    assert words in text_of(response)
    assert "Line 1, " in text_of(response)
    assert values_of(response, field)[0] == typed
    assert values_of(response, "description")[1] == PART["description"]
    assert not Estimate.objects.exists()


def test_refuses_a_day_that_is_over(desk, order):
    response = desk.post(new_url(order), posted(LABOUR, valid_until="2026-03-15"))
    assert response.status_code == 422
    assert "This day is already over." in text_of(response)
    assert not Estimate.objects.exists()


def test_refuses_a_day_more_than_a_year_ahead(desk, order):
    response = desk.post(new_url(order), posted(LABOUR, valid_until="2027-03-17"))
    assert response.status_code == 422
    assert "An estimate is valid for a year at most." in text_of(response)


def test_what_the_service_refuses_of_a_line_stands_at_its_field(desk, order):
    huge = PART | {"quantity": "9999", "unit_price": "9999999.99"}
    response = desk.post(new_url(order), posted(LABOUR, huge))
    assert response.status_code == 422
    assert "Line 2, Rate or unit price : The total is too large." in text_of(response)
    assert values_of(response, "quantity") == ["1.8", "9999"]


def test_a_full_page_takes_no_further_row(desk, order, shop, by):
    keys = [str(uuid.uuid4()) for _number in range(200)]
    lines = [OIL] * 2
    job = jobs.create(shop=shop, name="Oil", language="en", lines=lines, by=by, at=NOW)
    for action in ("add:part", f"copy:{keys[0]}", "insert"):
        data = posted(*[PART] * 200, keys=keys, do=action, job=str(job.pk))
        assert values_of(desk.post(new_url(order), data), "lines") == keys


def test_keys_that_are_none_and_keys_twice_make_no_rows(desk, order):
    key = str(uuid.uuid4())
    data = posted(PART, keys=[key], do="add:labour") | {"lines": [key, "nonsense", key]}
    assert values_of(desk.post(new_url(order), data), "lines")[0] == key
    assert len(values_of(desk.post(new_url(order), data), "lines")) == 2


def test_what_the_service_refuses_stands_at_the_page_too(desk, order):
    discount = PART | {"kind": "discount", "description": "Loyalty", "unit_price": "500"}
    response = desk.post(new_url(order), posted(LABOUR, discount))
    assert response.status_code == 422
    assert "The discounts are more than the rest of the estimate." in text_of(response)
    assert values_of(response, "unit_price") == ["80.00", "500"]
    assert not Estimate.objects.exists()


def test_refuses_a_deposit_above_the_total(desk, order):
    response = desk.post(new_url(order), posted(LABOUR, deposit_amount="172.81"))
    assert response.status_code == 422
    assert "A deposit is between zero and the total" in text_of(response)
    assert values_of(response, "deposit_amount") == ["172.81"]


def test_a_discount_is_negative_however_it_was_typed(desk, order):
    discount = PART | {"kind": "discount", "description": "Loyalty", "unit_price": "10"}
    desk.post(new_url(order), posted(LABOUR, discount))
    assert EstimateLine.objects.get(kind="discount").unit_price == Decimal("-10.00")


def test_forgets_what_does_not_belong_to_the_kind(desk, order):
    line = LABOUR | {"part_condition": "used", "disclosure": "It is taken apart."}
    desk.post(new_url(order), posted(line))
    saved = EstimateLine.objects.get()
    assert (saved.part_condition, saved.disclosure) == ("", "")


def test_takes_as_many_lines_as_an_estimate_may_have(desk, order):
    full = [PART | {"contingent": "on", "disclosure": ""}] * 200
    assert desk.post(new_url(order), posted(*full)).status_code == 303
    assert EstimateLine.objects.count() == 200


def test_leaves_out_rows_in_which_nothing_was_typed(desk, order):
    empty = LABOUR | {"description": "", "reason": "", "quantity": "1"}
    desk.post(new_url(order), posted(LABOUR, empty))
    assert EstimateLine.objects.count() == 1


@pytest.mark.parametrize(
    ("action", "descriptions"),
    [
        ("up:{1}", ["Front brake pads, set", "Replace the front brake pads"]),
        ("up:{0}", ["Replace the front brake pads", "Front brake pads, set"]),
        ("down:{0}", ["Front brake pads, set", "Replace the front brake pads"]),
        (
            "copy:{0}",
            [
                "Replace the front brake pads",
                "Replace the front brake pads",
                "Front brake pads, set",
            ],
        ),
        ("add:part", ["Replace the front brake pads", "Front brake pads, set", ""]),
        ("add:nonsense", ["Replace the front brake pads", "Front brake pads, set"]),
        ("nonsense:{0}", ["Replace the front brake pads", "Front brake pads, set"]),
        ("remove:nonsense", ["Replace the front brake pads", "Front brake pads, set"]),
    ],
)
def test_moves_rows_by_plain_posts(desk, order, action, descriptions):
    keys = [str(uuid.uuid4()), str(uuid.uuid4())]
    data = posted(LABOUR, PART, keys=keys, do=action.format(*keys), deposit_amount="ten")
    response = desk.post(new_url(order), data)
    assert response.status_code == 200
    assert values_of(response, "description") == descriptions
    assert values_of(response, "deposit_amount") == ["ten"]
    assert not Estimate.objects.exists()


def test_a_removed_row_can_come_back_and_is_not_saved(desk, order):
    keys = [str(uuid.uuid4()), str(uuid.uuid4())]
    removed = desk.post(new_url(order), posted(LABOUR, PART, keys=keys, do=f"remove:{keys[0]}"))
    assert values_of(removed, "removed") == ["1", ""]
    assert "Removed: Replace the front brake pads" in text_of(removed)
    gone = {f"line-{keys[0]}-removed": "1"}
    back = desk.post(
        new_url(order), posted(LABOUR, PART, keys=keys, do=f"restore:{keys[0]}", **gone)
    )
    assert values_of(back, "removed") == ["", ""]
    desk.post(new_url(order), posted(LABOUR, PART, keys=keys, **gone))
    assert [line.kind for line in EstimateLine.objects.all()] == [LineKind.PART]


def test_an_untouched_row_goes_without_a_trace(desk, order):
    keys = [str(uuid.uuid4()), str(uuid.uuid4())]
    empty = LABOUR | {"description": "", "reason": ""}
    response = desk.post(new_url(order), posted(PART, empty, keys=keys, do=f"remove:{keys[1]}"))
    assert values_of(response, "lines") == keys[:1]


def test_puts_in_a_frequent_job(desk, order, shop, by):
    job = jobs.create(
        shop=shop,
        name="Front brakes",
        language="en",
        lines=[
            JobLineInput(kind=LineKind.LABOUR, description="Brakes", quantity=Decimal("1.5")),
            JobLineInput(kind=LineKind.PART, description="Pads", unit_price=Decimal("60.00")),
        ],
        by=by,
        at=NOW,
    )
    response = desk.post(new_url(order), posted(PART, do="insert", job=str(job.pk)))
    assert values_of(response, "description") == [PART["description"], "Brakes", "Pads"]
    assert values_of(response, "unit_price") == ["57.90", "80.00", "60.00"]
    assert values_of(response, "quantity") == ["1", "1.5", "1"]


@pytest.mark.parametrize("wanted", ["", "nonsense", "{other}", "{hidden}"])
def test_puts_in_no_job_that_is_not_offered(desk, order, shop, wanted):
    other = JobTemplateFactory()
    hidden = JobTemplateFactory(shop=shop, is_active=False)
    job = wanted.format(other=other.pk, hidden=hidden.pk)
    response = desk.post(new_url(order), posted(PART, do="insert", job=job))
    assert response.status_code == 200
    assert values_of(response, "description") == [PART["description"]]


def test_reckons_without_changing_anything(desk, shop):
    estimate = EstimateFactory(shop=shop)
    before = stages.everything()
    keys = [str(uuid.uuid4()), str(uuid.uuid4()), str(uuid.uuid4())]
    half = PART | {"unit_price": ""}
    data = posted(LABOUR, PART | {"tax_rate": "5.5"}, half, keys=keys)
    response = desk.post(f"/estimates/{estimate.number}/totals/", data)
    words = text_of(response)
    assert response.status_code == 200
    assert "Subtotal €201.90" in words
    assert "Tax 5.5% on €57.90 €3.18" in words
    assert "Tax 20% on €144.00 €28.80" in words
    assert "Total €233.88" in words
    assert "1 line is not counted yet" in words
    assert f'<output class="line-total" id="net-{keys[0]}" hx-swap-oob="true">€144.00' in (
        response.content.decode()
    )
    assert stages.everything() == before


def test_reckons_a_new_estimate(desk, order):
    response = desk.post(f"/repair-orders/{order.number}/estimates/totals/", posted(LABOUR))
    assert "Total €172.80" in text_of(response)
    assert not Estimate.objects.exists()


def test_editing_keeps_the_lines_keys(desk, shop):
    estimate = EstimateFactory(shop=shop)
    revision = estimate.revisions.get()
    keys = [str(line.key) for line in revision.lines.in_order()]
    page = desk.get(f"/estimates/{estimate.number}/edit/")
    assert values_of(page, "lines") == keys
    data = posted(PART | {"unit_price": "60"}, LABOUR, keys=keys[::-1])
    response = desk.post(f"/estimates/{estimate.number}/edit/", data)
    assert response.status_code == 303
    saved = list(revision.lines.in_order())
    assert [str(line.key) for line in saved] == keys[::-1]
    assert saved[0].unit_price == Decimal("60.00")


def test_a_draft_that_somebody_else_saved_meanwhile_is_not_written_over_unseen(desk, shop):
    url = f"/estimates/{stages.draft(order=RepairOrderFactory(shop=shop)).estimate.number}/edit/"
    seen = {"based_on": values_of(desk.get(url), "based_on")[0]}
    mine, theirs = posted(LABOUR, **seen), posted(PART, **seen)
    assert desk.post(url, theirs).status_code == 303
    # A second click of theirs is the same again.
    assert desk.post(url, theirs).status_code == 303

    moved = desk.post(url, mine | {"do": "add"})
    assert values_of(moved, "based_on") == [seen["based_on"]]
    refusal = desk.post(url, mine)
    assert refusal.status_code == 409
    assert "Somebody else saved this draft after you opened it." in text_of(refusal)
    assert values_of(refusal, "description") == [LABOUR["description"]]
    assert EstimateLine.objects.get().description == PART["description"]
    assert AuditEvent.objects.filter(action="estimate.changed").count() == 2

    again = mine | {"based_on": values_of(refusal, "based_on")[0]}
    assert desk.post(url, again).status_code == 303
    assert EstimateLine.objects.get().description == LABOUR["description"]


def test_a_further_revision_needs_its_reason(desk, shop):
    estimate = stages.sent(order=RepairOrderFactory(shop=shop)).estimate
    desk.post(f"/estimates/{estimate.number}/revise/", {"reason": "The discs are worn."})
    draft = estimate.revisions.get(number=2)
    assert draft.reason == "The discs are worn."
    url = f"/estimates/{estimate.number}/edit/"
    keys = [str(line.key) for line in draft.lines.in_order()]
    refused = desk.post(url, posted(LABOUR, PART, keys=keys, reason=""))
    assert refused.status_code == 422
    taken = desk.post(url, posted(LABOUR, PART, keys=keys, reason="More is worn."))
    assert taken.status_code == 303
    assert EstimateRevision.objects.get(pk=draft.pk).reason == "More is worn."


def test_there_is_nothing_to_edit_once_it_is_sent(desk, shop):
    estimate = EstimateFactory(shop=shop, sent=True)
    assert desk.get(f"/estimates/{estimate.number}/edit/").status_code == 404
    assert desk.post(f"/estimates/{estimate.number}/edit/", posted(LABOUR)).status_code == 404


def test_a_draft_sent_meanwhile_is_not_changed(desk, shop):
    order = RepairOrderFactory(shop=shop)
    revision = stages.draft(order=order)
    order.status = "closed"
    order.save(update_fields=["status"])
    url = f"/estimates/{revision.estimate.number}/edit/"
    response = desk.post(url, posted(LABOUR | {"description": "Something else"}))
    assert response.status_code == 409
    assert values_of(response, "description") == ["Something else"]
    assert revision.lines.count() == 2


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_revision_without_a_reason_is_asked_again(desk, shop, reason):
    estimate = EstimateFactory(shop=shop, sent=True)
    response = desk.post(f"/estimates/{estimate.number}/revise/", {"reason": reason})
    assert response.status_code == 422
    assert estimate.revisions.count() == 1


def test_duplicates_onto_another_order(desk, shop):
    estimate = EstimateFactory(shop=shop, sent=True)
    other = RepairOrderFactory(shop=shop)
    response = desk.post(f"/estimates/{estimate.number}/duplicate/", {"repair_order": other.number})
    copy = Estimate.objects.exclude(pk=estimate.pk).get()
    assert response["Location"] == f"/estimates/{copy.number}/edit/"
    assert copy.repair_order == other
    assert copy.total == estimate.total


def test_duplicates_onto_no_foreign_order(desk, shop):
    estimate = EstimateFactory(shop=shop)
    foreign = RepairOrderFactory(number="RO-FOREIGN")
    response = desk.post(
        f"/estimates/{estimate.number}/duplicate/", {"repair_order": foreign.number}
    )
    assert response.status_code == 422
    assert "There is no repair order with this number." in text_of(response)
    assert Estimate.objects.count() == 1


def test_discards_a_first_draft_with_its_estimate(desk, shop):
    estimate = EstimateFactory(shop=shop)
    response = desk.post(f"/estimates/{estimate.number}/discard/")
    assert response["Location"] == f"/repair-orders/{estimate.repair_order.number}/"
    assert not Estimate.objects.exists()


def test_discards_a_further_draft_and_keeps_what_was_sent(desk, shop):
    estimate = EstimateFactory(shop=shop, sent=True)
    desk.post(f"/estimates/{estimate.number}/revise/", {"reason": "More"})
    response = desk.post(f"/estimates/{estimate.number}/discard/")
    assert response["Location"] == f"/estimates/{estimate.number}/"
    assert [revision.status for revision in estimate.revisions.all()] == ["sent"]


@pytest.mark.parametrize("verb", ["edit", "totals", "revise", "duplicate", "discard"])
def test_technicians_do_not_write(shop, verb):
    estimate = EstimateFactory(shop=shop)
    events = AuditEvent.objects.count()
    response = browser_of(shop, Role.TECHNICIAN).post(f"/estimates/{estimate.number}/{verb}/")
    assert response.status_code == 403
    assert AuditEvent.objects.count() == events
