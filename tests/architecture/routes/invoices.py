"""Addresses of invoices, payments, bank statements, storage and work that is stopped."""

from operator import attrgetter
from typing import Any

from shopdisputes.actors import DESK, MANAGEMENT, STAFF, Role
from tests.architecture.routes.rows import (
    Arguments,
    Behind,
    Call,
    Page,
    api,
    behind_invoice,
    bill,
    customer,
    order,
    payment,
)
from tests.architecture.worlds import World


def _credit_note(world: World) -> dict[str, Any]:
    return {"note_id": world.bill_note.pk}


def _behind_plan(name: str, *, get: bool = False, post: bool = False) -> Behind:
    return Behind(f"public-plan{name}", get, post, link="plan_link")


def _ageing(world: World, role: Role) -> dict[str, Any]:
    return {"which": "ageing"}


def _bank_import(world: World, role: Role) -> dict[str, Any]:
    return {"import_id": world.bank_line.statement_id}


def _bank_line(world: World, role: Role) -> dict[str, Any]:
    return {"line_id": world.bank_line.pk}


def _on_bill(**what: str) -> Arguments:
    def arguments(world: World, role: Role) -> dict[str, Any]:
        return {"number": world.bill.number} | {
            name: attrgetter(path)(world) for name, path in what.items()
        }

    return arguments


def _plan(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.plan.invoice.number, "plan_number": world.plan.number}


def _bill_draft(world: World, role: Role) -> dict[str, Any]:
    return {"draft_id": world.bill_draft.pk}


def _suspension(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.order.number, "suspension_id": world.suspension.pk}


def _stopped(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.stop.repair_order.number}


def _stopped_record(world: World, role: Role) -> dict[str, Any]:
    return _stopped(world, role) | {"which": "record"}


def _authorized_line(world: World, role: Role) -> dict[str, Any]:
    line = world.answered.revisions.get().lines.get(position=1)
    return {"number": world.order.number, "key": line.key}


def _stop_call(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.stop.repair_order_id}


def _work_call(world: World, role: Role) -> dict[str, Any]:
    line = world.answered.revisions.get().lines.get(position=1)
    return {"pk": world.order.pk, "line": line.pk}


PAGES = [
    # Reports
    Page("reports", get=DESK),
    Page("reports-export", get=DESK, arguments=_ageing, of_one_shop=False),
    # Bank statements
    Page("bank-import-list", get=DESK),
    Page("bank-import-new", get=DESK, post=DESK),
    Page("bank-import", get=DESK, arguments=_bank_import),
    Page("bank-import-exact", get=DESK, post=DESK, arguments=_bank_import),
    Page("bank-line", get=DESK, post=DESK, arguments=_bank_line, query="q=Camille"),
    Page("bank-line-ignore", post=DESK, arguments=_bank_line),
    Page("bank-line-reopen", post=DESK, arguments=_bank_line),
    # Work, and a repair that the customer stops
    Page("work", get=STAFF, arguments=order),
    Page("work-note", post=STAFF, arguments=_authorized_line),
    Page("stop-work", get=DESK, post=DESK, arguments=_stopped),
    Page("stop-work-describe", post=DESK, arguments=_stopped),
    Page("stop-work-offer", post=DESK, arguments=_stopped),
    Page("stop-work-in-person", post=DESK, arguments=_stopped),
    Page("stop-work-choice", post=DESK, arguments=_stopped),
    Page("stop-work-lift", post=DESK, arguments=_stopped),
    Page("stop-work-pdf", get=DESK, arguments=_stopped_record),
    # Storage and hand-over
    Page("storage", get=DESK, post=DESK, arguments=order),
    Page("storage-suspend", post=DESK, arguments=order),
    Page("storage-resume", post=DESK, arguments=_suspension),
    Page("storage-stop", post=DESK, arguments=order),
    Page("storage-bill", post=DESK, arguments=order),
    Page("hand-over", get=DESK, post=DESK, arguments=order),
    # Invoices
    Page("invoice-list", get=STAFF),
    Page("invoice-export", get=DESK),
    Page("invoice-export-xlsx", get=DESK),
    Page("invoice-new", post=DESK, arguments=order),
    Page("invoice-draft", get=DESK, post=DESK, arguments=_bill_draft),
    Page("invoice-draft-totals", post=DESK, arguments=_bill_draft),
    Page("invoice-draft-discard", post=DESK, arguments=_bill_draft),
    Page("invoice-issue", get=DESK, post=DESK, arguments=_bill_draft),
    Page("invoice", get=STAFF, arguments=bill),
    Page("invoice-pdf", get=STAFF, arguments=bill),
    Page("invoice-send", post=DESK, arguments=bill),
    Page("invoice-credit", get=DESK, post=DESK, arguments=bill),
    Page("invoice-void", post=MANAGEMENT, arguments=bill),
    Page("invoice-write-off", post=MANAGEMENT, arguments=bill),
    Page("invoice-recover", post=DESK, arguments=bill),
    Page("invoice-hold", get=DESK, post=DESK, arguments=bill),
    Page("hold-release", get=DESK, post=DESK, arguments=_on_bill(hold_id="hold.pk")),
    Page("invoice-promise", get=DESK, post=DESK, arguments=bill),
    Page("promise-withdraw", get=DESK, post=DESK, arguments=_on_bill(promise_id="promise.pk")),
    Page("claim-answer", get=DESK, post=DESK, arguments=_on_bill(claim_id="claim.pk")),
    Page("plan-new", get=DESK, post=DESK, arguments=bill),
    Page("plan-send", post=DESK, arguments=_plan),
    Page("plan-tablet", post=DESK, arguments=_plan),
    Page("plan-agree", get=DESK, post=DESK, arguments=_plan),
    Page("plan-end", get=DESK, post=DESK, arguments=_plan),
    Page("billing-settings", get=MANAGEMENT, post=MANAGEMENT),
    # Payments
    Page("payment-list", get=DESK),
    Page("payment-export", get=DESK),
    Page("payment-export-xlsx", get=DESK),
    Page("payment-new", get=DESK, post=DESK, query="q=Camille"),
    Page("payment", get=DESK, arguments=payment),
    Page("payment-allocate", get=DESK, post=DESK, arguments=payment),
    Page("payment-unallocate", get=DESK, post=DESK, arguments=payment),
    Page("payment-refund", get=DESK, post=DESK, arguments=payment),
    Page("payment-annul", get=MANAGEMENT, post=MANAGEMENT, arguments=payment),
    Page("payment-receipt", post=DESK, arguments=payment),
    Page("customer-statement", get=DESK, arguments=customer),
    Page("customer-statement-export", get=DESK, arguments=customer),
    Page("customer-statement-pdf", post=DESK, arguments=customer),
    Page("customer-statement-send", post=DESK, arguments=customer),
]


CALLS = [
    Call("api-storage-notice", post=DESK, arguments=api("order")),
    Call("api-hand-over", post=DESK, arguments=api("order")),
    Call("api-invoice-list", get=STAFF, post=DESK),
    Call("api-invoice-detail", get=STAFF, patch=DESK, arguments=api("bill_draft")),
    Call("api-invoice-issue", post=DESK, arguments=api("bill_draft")),
    Call("api-invoice-discard", post=DESK, arguments=api("bill_draft")),
    Call("api-invoice-send", post=DESK, arguments=api("bill")),
    Call("api-invoice-credit-notes", post=DESK, arguments=api("bill")),
    Call("api-invoice-void", post=MANAGEMENT, arguments=api("bill")),
    Call("api-invoice-write-off", post=MANAGEMENT, arguments=api("bill")),
    Call("api-invoice-recover", post=DESK, arguments=api("bill")),
    Call("api-invoice-pdf", get=STAFF, arguments=api("bill")),
    Call("api-work", get=STAFF, arguments=api("order")),
    Call("api-work-line", get=STAFF, patch=STAFF, arguments=_work_call),
    Call("api-stop-work", get=STAFF, post=DESK, arguments=_stop_call),
    Call("api-stop-work-offer", post=DESK, arguments=_stop_call),
    Call("api-stop-work-choice", post=DESK, arguments=_stop_call),
    Call("api-stop-work-lift", post=DESK, arguments=_stop_call),
    Call("api-promise-list", get=STAFF, post=DESK),
    Call("api-promise-detail", get=STAFF, arguments=api("promise")),
    Call("api-promise-withdraw", post=DESK, arguments=api("promise")),
    Call("api-payment-plan-list", get=STAFF, post=DESK),
    Call("api-payment-plan-detail", get=STAFF, arguments=api("plan")),
    Call("api-payment-plan-agree", post=DESK, arguments=api("plan")),
    Call("api-payment-plan-end", post=DESK, arguments=api("plan")),
    Call("api-payment-list", get=STAFF, post=DESK),
    Call("api-payment-detail", get=STAFF, arguments=api("payment")),
    Call("api-payment-allocations", post=DESK, arguments=api("payment")),
    Call("api-payment-take-off", post=DESK, arguments=api("payment")),
    Call("api-payment-refunds", post=DESK, arguments=api("payment")),
    Call("api-payment-annul", post=MANAGEMENT, arguments=api("payment")),
    Call("api-payment-pdf", get=STAFF, arguments=api("payment")),
    Call("api-customer-statement", get=STAFF, arguments=api("customer")),
]


BEHIND_LINKS = [
    Behind("public-stop", get=True, post=False, link="stop_link"),
    Behind("public-stop-sign", get=True, post=True, link="stop_link"),
    Behind("public-stop-displayed", get=False, post=True, link="stop_link"),
    Behind("public-stop-pdf", get=True, post=False, link="stop_link"),
    Behind("public-stop-signed", get=True, post=False, link="stop_link"),
    behind_invoice("", get=True),
    behind_invoice("-promise", get=True, post=True),
    behind_invoice("-paid", get=True, post=True),
    behind_invoice("-wrong", get=True, post=True),
    behind_invoice("-sign", get=True, post=True),
    behind_invoice("-displayed", post=True),
    behind_invoice("-pdf", get=True),
    behind_invoice("-signed", get=True),
    behind_invoice("-credit-note", get=True, arguments=_credit_note),
    _behind_plan("", get=True),
    _behind_plan("-sign", get=True, post=True),
    _behind_plan("-decline", get=True, post=True),
    _behind_plan("-displayed", post=True),
    _behind_plan("-pdf", get=True),
]
