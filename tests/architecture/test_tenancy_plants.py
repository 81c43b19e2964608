"""The matrix bites, and what names another shop's things in a form or query finds nothing.

That the matrix proves something is shown by taking the gate between tenants away, model by model.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models
from django.urls import reverse

from estimates.models import Estimate, EstimateRevision, JobTemplate
from inspections.models import Checklist, Inspection, InspectionItem, ItemMedia
from invoices.models import Invoice
from shopdisputes.accounts.models import SavedView
from shopdisputes.actors import Role
from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.documents.models import Document
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Membership, ShopQuerySet
from shopdisputes.uploads.models import StoredFile
from tests.architecture.matrix import (
    ANSWERS,
    Stage,
    address,
    ask,
    identity,
    taken_back,
    violations,
)
from tests.architecture.routes import CALLS, PAGES, Call, Page
from tests.architecture.worlds import World, crossings, written

pytestmark = pytest.mark.django_db


def leak(monkeypatch: pytest.MonkeyPatch, model: type[models.Model]) -> None:
    """Take the gate between tenants away for one model."""
    closed = ShopQuerySet.for_shop

    def open_to_all(rows: ShopQuerySet, shop: Any) -> ShopQuerySet:
        return rows.all() if rows.model is model else closed(rows, shop)

    monkeypatch.setattr(ShopQuerySet, "for_shop", open_to_all)


PLANTS = [
    (Customer, "customer-list"),
    (Customer, "customer"),
    (Customer, "customer-edit"),
    (Customer, "vehicle-new"),
    (Customer, "search"),
    (Customer, "api-customer-list"),
    (Customer, "api-customer-detail"),
    (Vehicle, "vehicle-edit"),
    (Vehicle, "api-vehicle-detail"),
    (RepairOrder, "repair-order-list"),
    (RepairOrder, "repair-order"),
    (RepairOrder, "repair-order-close"),
    (RepairOrder, "estimate-new"),
    (RepairOrder, "api-repair-order-detail"),
    (RepairOrder, "api-repair-order-cancel"),
    (Estimate, "estimate-list"),
    (Estimate, "estimate"),
    (Estimate, "estimate-send"),
    (Estimate, "estimate-oral"),
    (Estimate, "api-estimate-list"),
    (Estimate, "api-estimate-detail"),
    (Estimate, "api-estimate-send"),
    (Estimate, "api-estimate-authorizations"),
    (Checklist, "checklist-list"),
    (Checklist, "checklist"),
    (Checklist, "api-checklist-list"),
    (Checklist, "api-checklist-detail"),
    (Inspection, "inspection-list"),
    (Inspection, "inspection"),
    (Inspection, "inspection-run"),
    (InspectionItem, "inspection-item"),
    (ItemMedia, "inspection-media-describe"),
    (Inspection, "inspection-compare"),
    (Inspection, "inspection-share"),
    (Inspection, "api-inspection-list"),
    (Inspection, "api-inspection-detail"),
    (Inspection, "api-inspection-complete"),
    (JobTemplate, "job-edit"),
    (JobTemplate, "job-list"),
    (Invoice, "api-invoice-list"),
    (Invoice, "api-invoice-detail"),
    (Invoice, "api-invoice-issue"),
    (Invoice, "api-invoice-credit-notes"),
    (OutgoingEmail, "email-list"),
    (OutgoingEmail, "email"),
    (OutgoingEmail, "email-settle"),
    (Document, "document"),
    (StoredFile, "file"),
    (Membership, "settings-team"),
    (Membership, "settings-team-deactivate"),
]
BY_NAME: dict[str, Page] = {row.name: row for row in [*PAGES, *CALLS]}


@pytest.mark.parametrize(
    ("model", "name"), PLANTS, ids=lambda item: getattr(item, "__name__", item)
)
def test_without_the_gate_the_matrix_is_red(
    model: type[models.Model], name: str, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    leak(monkeypatch, model)

    assert list(violations(BY_NAME[name], stage.ours, stage.theirs)) != []


Body = Callable[[World, World], dict[str, Any]]


def _visit(ours: World, theirs: World) -> dict[str, Any]:
    return {"customer": str(theirs.customer.pk), "vehicle": str(theirs.vehicle.pk), "concern": "x"}


def _our_customer_their_vehicle(ours: World, theirs: World) -> dict[str, Any]:
    return _visit(ours, theirs) | {"customer": str(ours.customer.pk)}


#: Forms of ours that name what is the other shop's.
BODIES: list[tuple[str, Body]] = [
    ("repair-order-new", _visit),
    ("repair-order-new", _our_customer_their_vehicle),
    ("repair-order-new", lambda ours, theirs: {"use": str(theirs.customer.pk)}),
    ("estimate-duplicate", lambda ours, theirs: {"repair_order": str(theirs.order.pk)}),
    ("estimate-duplicate", lambda ours, theirs: {"repair_order": theirs.order.number}),
    ("account-shop", lambda ours, theirs: {"shop": str(theirs.shop.pk)}),
    ("settings-tokens", lambda ours, theirs: {"member": str(theirs.team[Role.OWNER].pk)}),
    ("api-vehicle-list", lambda ours, theirs: _visit(ours, theirs) | {"make": "x", "model": "y"}),
    ("api-repair-order-list", _visit),
    ("api-repair-order-list", _our_customer_their_vehicle),
    ("api-estimate-list", lambda ours, theirs: {"repair_order": str(theirs.order.pk)}),
    ("api-invoice-list", lambda ours, theirs: {"repair_order": str(theirs.order.pk)}),
]


@pytest.mark.parametrize(("name", "body"), BODIES)
def test_a_body_that_names_what_is_theirs_gets_nothing_of_it(
    name: str, body: Body, stage: Stage
) -> None:
    row, sent = BY_NAME[name], body(stage.ours, stage.theirs)
    client, options = identity(row, stage.ours, Role.OWNER)
    if isinstance(row, Call):
        options["content_type"] = "application/json"
    with taken_back():
        reply = ask(client, "post", address(row, stage.ours), data=sent, **options)
        theirs_now = ask(client, "get", reverse("today"))

        assert crossings() == []
    answered = reply.text
    for typed in sent.values():
        # A form shows again what was typed into it, here the number of theirs.
        answered = answered.replace(typed, "")
    assert not stage.theirs.is_in(answered)
    assert not stage.theirs.is_in(theirs_now.text)
    if isinstance(row, Call):
        assert reply.status == 422


@pytest.mark.parametrize(
    ("model", "name", "body"),
    [
        (Customer, "api-vehicle-list", BODIES[7][1]),
        (RepairOrder, "api-estimate-list", BODIES[10][1]),
        (RepairOrder, "estimate-duplicate", BODIES[3][1]),
    ],
)
def test_without_the_gate_a_body_gets_what_is_theirs(
    model: type[models.Model],
    name: str,
    body: Body,
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leak(monkeypatch, model)

    with pytest.raises(AssertionError):
        test_a_body_that_names_what_is_theirs_gets_nothing_of_it(name, body, stage)


#: Queries of ours that name what is the other shop's.
QUERIES: list[tuple[str, Callable[[World], str]]] = [
    ("repair-order-new", lambda w: f"customer={w.customer.pk}&vehicle={w.vehicle.pk}"),
    ("email-list", lambda world: f"customer={world.customer.pk}"),
    ("dispute-new", lambda world: f"customer={world.customer.pk}"),
    ("dispute-new", lambda w: f"invoice={w.bill.number}&line={w.bill.lines.get().pk}"),
    ("estimate-new", lambda w: f"deferred={w.answered.revisions.get().lines.in_order()[1].key}"),
    ("estimate-new", lambda w: f"deferred={w.answered.revisions.get().lines.in_order()[1].pk}"),
    ("estimate", lambda world: f"revision={world.sent.revisions.get().pk}"),
    ("api-vehicle-list", lambda world: f"customer={world.customer.pk}"),
    ("api-repair-order-list", lambda world: f"vehicle={world.vehicle.pk}"),
    ("api-estimate-list", lambda world: f"repair_order={world.order.pk}"),
    ("api-invoice-list", lambda world: f"customer={world.customer.pk}"),
]


@pytest.mark.parametrize(("name", "query"), QUERIES)
def test_a_query_that_names_what_is_theirs_finds_nothing_of_it(
    name: str, query: Callable[[World], str], stage: Stage
) -> None:
    row = BY_NAME[name]
    client, options = identity(row, stage.ours, Role.OWNER)

    reply = ask(client, "get", f"{address(row, stage.ours)}?{query(stage.theirs)}", **options)

    assert reply.status in ANSWERS | {404}
    assert not stage.theirs.is_in(reply.text)


def test_no_row_hangs_on_a_row_of_another_shop(stage: Stage) -> None:
    assert crossings() == []
    with taken_back():
        Vehicle.objects.filter(pk=stage.ours.vehicle.pk).update(customer=stage.theirs.customer)
        assert crossings() == ["Vehicle.customer"]


def test_every_row_that_is_written_counts_even_when_it_is_taken_back(stage: Stage) -> None:
    view = stage.ours.saved_views[Role.OWNER]
    before = written()
    with taken_back():
        EstimateRevision.objects.filter(estimate=stage.ours.draft).update(message="!")
        assert written() == before + 1
        SavedView.objects.filter(pk=view.pk).delete()
        assert written() == before + 2
        view.save(force_insert=True)
        assert written() == before + 3
    assert written() == before + 3


def test_without_a_page_that_only_reads_the_matrix_is_red(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = ShopQuerySet.for_shop

    def write_and_read(rows: ShopQuerySet, shop: Any) -> ShopQuerySet:
        if rows.model is Customer:
            Customer.objects.filter(pk=stage.ours.customer.pk).update(city="!")
        return closed(rows, shop)

    monkeypatch.setattr(ShopQuerySet, "for_shop", write_and_read)

    found = list(violations(BY_NAME["customer"], stage.ours, stage.theirs))

    assert "get by owner changed the database" in found
    assert "get by a stranger: 404, not 404 without a trace" in found
