"""Who may do what at which address: one row for every route of the product.

``get`` and ``post`` (``patch``) are the roles that may; None means that there is no such method.
A new route needs a new row here, else the matrix fails.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from shopdisputes.actors import DESK, MANAGEMENT, STAFF, Role
from tests.architecture.worlds import World

Roles = frozenset[Role] | None
#: Of a shop's world, and for whom.
Arguments = Callable[[World, Role], dict[str, Any]]


def _nothing(_world: World, role: Role) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Page:
    """An address of the staff's pages.

    ``arguments`` stand in the address, ``body`` in the form; they name something of one shop
    unless ``of_one_shop`` is False.
    """

    name: str
    get: Roles = None
    post: Roles = None
    arguments: Arguments = _nothing
    body: Arguments = _nothing
    query: str = ""
    of_one_shop: bool = True

    @property
    def names_something(self) -> bool:
        """Whether a request for this page names something of a shop."""
        return self.of_one_shop and (self.arguments, self.body) != (_nothing, _nothing)


@dataclass(frozen=True)
class Call(Page):
    """An address of the REST API."""

    patch: Roles = None
    delete: Roles = None
    put: Roles = None


@dataclass(frozen=True)
class Behind:
    """A page behind a customer's link: which link of a world, and what else is in the address."""

    name: str
    get: bool
    post: bool
    link: str = "link"
    arguments: Callable[[World], dict[str, Any]] = lambda world: {}


@dataclass(frozen=True)
class Open:
    """An address for everybody; ``get`` and ``post`` are the statuses that it gives."""

    name: str
    get: int
    post: int
    arguments: dict[str, Any] | None = None


def _customer(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.customer.pk}


def _vehicle(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.vehicle.pk}


def _order(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.order.number}


def _draft(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.draft.number}


def _sent(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.sent.number}


def _answered(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.answered.number}


def _email(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.doubtful_email.pk}


def _failed_email(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.failed_email.pk}


def _document(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.document.pk}


def _file(world: World, role: Role) -> dict[str, Any]:
    return {"file_id": world.file.pk, "variant": "original"}


def _job(world: World, role: Role) -> dict[str, Any]:
    return {"job_id": world.job.pk}


def _running(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.running.number}


def _running_item(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.running.number, "item_id": world.running_item.pk}


def _extra_item(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.running.number, "item_id": world.extra_item.pk}


def _running_media(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.running.number, "media_id": world.running_media.pk}


def _completed(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.completed.number}


def _shared(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.shared.number}


def _member(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.team[Role.TECHNICIAN].pk}


def _api_token(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.tokens[role].pk}


def _text(world: World, role: Role) -> dict[str, Any]:
    return {"code": "authorization", "language": "en"}


def _own_shop(world: World, role: Role) -> dict[str, Any]:
    return {"shop": str(world.shop.pk)}


def _list(_world: World, role: Role) -> dict[str, Any]:
    return {"page": "invoice-list"}


def _saved_view(world: World, role: Role) -> dict[str, Any]:
    return {"view_id": world.saved_views[role].pk}


def _api(name: str) -> Arguments:
    return lambda world, role: {"pk": getattr(world, name).pk}


def _api_follow_up(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.case.pk, "follow_up": world.follow_up.pk}


def _checklist(world: World, role: Role) -> dict[str, Any]:
    return {"checklist_id": world.checklist.pk}


def _checklist_version(world: World, role: Role) -> dict[str, Any]:
    return {"checklist_id": world.checklist.pk, "number": 1}


def _api_item(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.running.pk, "item_id": world.extra_item.pk}


def _api_media(world: World, role: Role) -> dict[str, Any]:
    item = world.running_media.item
    return {"pk": world.running.pk, "item_id": item.pk, "media_id": world.running_media.pk}


def _photo(world: World) -> dict[str, Any]:
    return {"file_id": world.shared_media.file_id, "variant": "web"}


def _own_photo(world: World) -> dict[str, Any]:
    return {"remark_file_id": world.remark_file.pk}


def _credit_note(world: World) -> dict[str, Any]:
    return {"note_id": world.bill_note.pk}


def _behind_invoice(name: str, *, get: bool = False, post: bool = False, **other: Any) -> Behind:
    return Behind(f"public-invoice{name}", get, post, link="bill_link", **other)


def _behind_plan(name: str, *, get: bool = False, post: bool = False) -> Behind:
    return Behind(f"public-plan{name}", get, post, link="plan_link")


def _behind_inspection(name: str, *, get: bool = False, post: bool = False, **other: Any) -> Behind:
    return Behind(f"public-inspection{name}", get, post, link="inspection_link", **other)


def _behind_dispute(name: str, *, get: bool = False, post: bool = False, **other: Any) -> Behind:
    return Behind(f"public-dispute{name}", get, post, link="case_link", **other)


def _behind_resolver(name: str, *, get: bool = False, post: bool = False, **other: Any) -> Behind:
    return Behind(f"resolver-{name}", get, post, link="resolver_link", **other)


def _behind_rework(name: str, *, get: bool = False, post: bool = False, **other: Any) -> Behind:
    return Behind(f"public-rework{name}", get, post, link="rework_link", **other)


def _rework_file(world: World) -> dict[str, Any]:
    return {"file_id": world.rework_file.pk, "variant": "thumbnail"}


def _rework(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.rework.number}


def _case_file(world: World) -> dict[str, Any]:
    return {"file_id": world.case_file.pk, "variant": "thumbnail"}


def _contested_photo(world: World) -> dict[str, Any]:
    return {"media_id": world.shared_media.pk, "variant": "web"}


def _case(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.case.number}


def _offer(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.case.number, "position": world.offer.position}


def _offered(world: World) -> dict[str, Any]:
    return {"position": world.offer.position}


def _api_offer(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.case.pk, "position": world.offer.position}


def _chargeback(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.chargeback.number}


def _complaint(world: World, role: Role) -> dict[str, Any]:
    return {"claim_id": world.claim.pk}


def _follow_up(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.case.number, "follow_up_id": world.follow_up.pk}


def _resolver_answer(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.case.number, "answer_id": world.resolver_answer.pk}


def _dispute_reason(world: World, role: Role) -> dict[str, Any]:
    return {"reason_id": world.case.reason_id}


def _ages(_world: World, role: Role) -> dict[str, Any]:
    return {"which": "ages"}


def _ageing(world: World, role: Role) -> dict[str, Any]:
    return {"which": "ageing"}


def _bank_import(world: World, role: Role) -> dict[str, Any]:
    return {"import_id": world.bank_line.statement_id}


def _bank_line(world: World, role: Role) -> dict[str, Any]:
    return {"line_id": world.bank_line.pk}


def _bill(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.bill.number}


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


def _ladder(world: World, role: Role) -> dict[str, Any]:
    return {"ladder_id": world.reminder.version.ladder_id}


def _ladder_version(world: World, role: Role) -> dict[str, Any]:
    return {"ladder_id": world.reminder.version.ladder_id, "number": 1}


def _letter(world: World, role: Role) -> dict[str, Any]:
    return {"reminder": [str(world.letter.pk)]}


def _call(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.call.pk}


def _fee(world: World, role: Role) -> dict[str, Any]:
    return {"pk": world.fee.pk}


def _ticked_fee(world: World, role: Role) -> dict[str, Any]:
    return {"fee": [str(world.fee.pk)]}


def _reminder_text(world: World, role: Role) -> dict[str, Any]:
    return {"template": "friendly", "language": "en"}


def _reminder(name: str) -> Arguments:
    return lambda world, role: {"pk": getattr(world, name).pk}


def _ticked(world: World, role: Role) -> dict[str, Any]:
    return {"reminder": [str(world.reminder.pk)]}


def _payment(world: World, role: Role) -> dict[str, Any]:
    return {"number": world.payment.number}


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
    # The frame
    Page("today", get=STAFF),
    Page("search", get=STAFF, query="q=Camille"),
    Page("account", get=STAFF, post=STAFF),
    Page("account-shop", post=STAFF, body=_own_shop),
    Page("account-language", post=STAFF),
    Page("saved-view-save", post=STAFF, arguments=_list, of_one_shop=False),
    Page("saved-view-delete", post=STAFF, arguments=_saved_view),
    # Customers and vehicles
    Page("customer-list", get=STAFF),
    Page("customer-export", get=DESK),
    Page("customer-new", get=DESK, post=DESK),
    Page("customer", get=STAFF, arguments=_customer),
    Page("customer-edit", get=DESK, post=DESK, arguments=_customer),
    Page("vehicle-new", get=DESK, post=DESK, arguments=_customer),
    Page("vehicle-edit", get=DESK, post=DESK, arguments=_vehicle),
    # Reports
    Page("reports", get=DESK),
    Page("reports-export", get=DESK, arguments=_ageing, of_one_shop=False),
    Page("dispute-reports", get=DESK),
    Page("dispute-reports-export", get=DESK, arguments=_ages, of_one_shop=False),
    # Bank statements
    Page("bank-import-list", get=DESK),
    Page("bank-import-new", get=DESK, post=DESK),
    Page("bank-import", get=DESK, arguments=_bank_import),
    Page("bank-import-exact", get=DESK, post=DESK, arguments=_bank_import),
    Page("bank-line", get=DESK, post=DESK, arguments=_bank_line, query="q=Camille"),
    Page("bank-line-ignore", post=DESK, arguments=_bank_line),
    Page("bank-line-reopen", post=DESK, arguments=_bank_line),
    # Repair orders
    Page("repair-order-list", get=STAFF),
    Page("repair-order-export", get=DESK),
    Page("repair-order-new", get=DESK, post=DESK, query="q=Camille"),
    Page("repair-order", get=STAFF, arguments=_order),
    Page("repair-order-edit", get=DESK, post=DESK, arguments=_order),
    Page("repair-order-close", post=DESK, arguments=_order),
    Page("repair-order-cancel", post=DESK, arguments=_order),
    Page("repair-order-reopen", post=DESK, arguments=_order),
    # Work, and a repair that the customer stops
    Page("work", get=STAFF, arguments=_order),
    Page("work-note", post=STAFF, arguments=_authorized_line),
    Page("stop-work", get=DESK, post=DESK, arguments=_stopped),
    Page("stop-work-describe", post=DESK, arguments=_stopped),
    Page("stop-work-offer", post=DESK, arguments=_stopped),
    Page("stop-work-in-person", post=DESK, arguments=_stopped),
    Page("stop-work-choice", post=DESK, arguments=_stopped),
    Page("stop-work-lift", post=DESK, arguments=_stopped),
    Page("stop-work-pdf", get=DESK, arguments=_stopped_record),
    # Storage and hand-over
    Page("storage", get=DESK, post=DESK, arguments=_order),
    Page("storage-suspend", post=DESK, arguments=_order),
    Page("storage-resume", post=DESK, arguments=_suspension),
    Page("storage-stop", post=DESK, arguments=_order),
    Page("storage-bill", post=DESK, arguments=_order),
    Page("hand-over", get=DESK, post=DESK, arguments=_order),
    # Mail, documents, files
    Page("email-list", get=DESK),
    Page("email", get=DESK, arguments=_email),
    Page("email-body", get=DESK, arguments=_email),
    Page("email-settle", post=DESK, arguments=_email),
    Page("email-send-again", post=DESK, arguments=_failed_email),
    Page("document", get=STAFF, arguments=_document),
    Page("file", get=STAFF, arguments=_file),
    # How the shop works
    Page("settings", get=MANAGEMENT, post=MANAGEMENT),
    Page("settings-logo", get=MANAGEMENT, post=MANAGEMENT),
    Page("settings-logo-remove", post=MANAGEMENT),
    Page("settings-rates", get=MANAGEMENT, post=MANAGEMENT),
    Page("settings-texts", get=MANAGEMENT),
    Page("settings-text", get=MANAGEMENT, post=MANAGEMENT, arguments=_text, of_one_shop=False),
    Page("settings-signatures", get=MANAGEMENT, post=MANAGEMENT),
    Page("settings-links", get=MANAGEMENT, post=MANAGEMENT),
    Page("settings-hours", get=MANAGEMENT, post=MANAGEMENT),
    Page("settings-team", get=MANAGEMENT, post=MANAGEMENT),
    Page("settings-team-role", post=MANAGEMENT, arguments=_member),
    Page("settings-team-deactivate", post=MANAGEMENT, arguments=_member),
    Page("settings-team-reactivate", post=MANAGEMENT, arguments=_member),
    Page("settings-tokens", get=MANAGEMENT, post=MANAGEMENT),
    Page("settings-token-revoke", post=MANAGEMENT, arguments=_api_token),
    # Inspections
    Page("inspection-list", get=STAFF),
    Page("inspection-export", get=STAFF),
    Page("inspection-new", get=STAFF, post=STAFF, arguments=_order),
    Page("inspection", get=STAFF, arguments=_shared),
    Page("inspection-run", get=STAFF, arguments=_running),
    Page("inspection-item", post=STAFF, arguments=_running_item),
    Page("inspection-item-add", post=STAFF, arguments=_running),
    Page("inspection-item-remove", post=STAFF, arguments=_extra_item),
    Page("inspection-item-media", post=STAFF, arguments=_running_item),
    Page("inspection-media-describe", get=STAFF, post=STAFF, arguments=_running_media),
    Page("inspection-media-remove", post=STAFF, arguments=_running_media),
    Page("inspection-note", post=STAFF, arguments=_running),
    Page("inspection-rest", post=STAFF, arguments=_running),
    Page("inspection-complete", post=STAFF, arguments=_running),
    Page("inspection-reopen", post=STAFF, arguments=_completed),
    Page("inspection-discard", post=STAFF, arguments=_completed),
    Page("inspection-share", get=DESK, post=DESK, arguments=_completed),
    Page("inspection-hand-over", post=DESK, arguments=_completed),
    Page("inspection-compare", get=STAFF, arguments=_shared),
    Page("inspection-compare-pdf", post=STAFF, arguments=_shared),
    Page("checklist-list", get=STAFF),
    Page("checklist-new", get=MANAGEMENT, post=MANAGEMENT),
    Page("checklist-restore", post=MANAGEMENT),
    Page("checklist", get=MANAGEMENT, post=MANAGEMENT, arguments=_checklist),
    Page("checklist-offer", post=MANAGEMENT, arguments=_checklist),
    Page("checklist-version", get=STAFF, arguments=_checklist_version),
    # Estimates
    Page("estimate-list", get=STAFF),
    Page("estimate-export", get=STAFF),
    Page("estimate-new", get=DESK, post=DESK, arguments=_order),
    Page("estimate-new-totals", post=DESK, arguments=_order),
    Page("estimate", get=STAFF, arguments=_answered),
    Page("estimate-edit", get=DESK, post=DESK, arguments=_draft),
    Page("estimate-totals", post=DESK, arguments=_draft),
    Page("estimate-discard", post=DESK, arguments=_draft),
    Page("estimate-revise", post=DESK, arguments=_sent),
    Page("estimate-duplicate", post=DESK, arguments=_sent),
    Page("estimate-send", get=DESK, post=DESK, arguments=_draft),
    Page("estimate-preview", get=STAFF, post=STAFF, arguments=_sent),
    Page("estimate-resend", post=DESK, arguments=_sent),
    Page("estimate-withdraw", post=DESK, arguments=_sent),
    Page("estimate-call-done", post=DESK, arguments=_sent),
    Page("estimate-oral", get=DESK, post=DESK, arguments=_sent),
    Page("estimate-oral-totals", post=DESK, arguments=_sent),
    Page("estimate-in-person", post=DESK, arguments=_sent),
    Page("estimate-paper", get=DESK, post=DESK, arguments=_sent),
    Page("estimate-paper-print", post=DESK, arguments=_sent),
    Page("deferred-work", get=STAFF),
    Page("deferred-work-export", get=DESK),
    Page("job-list", get=DESK),
    Page("job-new", get=DESK, post=DESK),
    Page("job-edit", get=DESK, post=DESK, arguments=_job),
    Page("job-offer", post=DESK, arguments=_job),
    # Disputes
    Page("dispute-list", get=DESK),
    Page("dispute-export", get=DESK),
    Page("dispute-agenda", get=DESK),
    Page("dispute-agenda-export", get=DESK),
    Page("dispute-new", get=DESK, post=DESK),
    Page("dispute-from-claim", get=DESK, post=DESK, arguments=_complaint),
    Page("dispute", get=DESK, arguments=_case),
    Page("dispute-tell-resolver", get=DESK, post=DESK, arguments=_case),
    Page("dispute-step-follow-up", get=DESK, post=DESK, arguments=_case),
    Page("dispute-accept", post=DESK, arguments=_case),
    Page("dispute-message", post=DESK, arguments=_case),
    Page("dispute-chase", post=DESK, arguments=_case),
    Page("dispute-hand-over", get=DESK, post=DESK, arguments=_case),
    Page("dispute-answer-take", post=DESK, arguments=_resolver_answer),
    Page("dispute-answer-refuse", get=DESK, post=DESK, arguments=_resolver_answer),
    Page("dispute-release", get=DESK, post=DESK, arguments=_case),
    Page("dispute-resolve", get=DESK, post=DESK, arguments=_case),
    Page("dispute-reject", get=MANAGEMENT, post=MANAGEMENT, arguments=_case),
    Page("dispute-withdraw", get=DESK, post=DESK, arguments=_case),
    Page("dispute-escalate", get=DESK, post=DESK, arguments=_case),
    Page("dispute-reopen", get=MANAGEMENT, post=MANAGEMENT, arguments=_case),
    Page("dispute-offer-new", get=DESK, post=DESK, arguments=_case),
    Page("dispute-offer-accept", get=DESK, post=DESK, arguments=_offer),
    Page("dispute-offer-record", get=DESK, post=DESK, arguments=_offer),
    Page("dispute-offer-refuse", get=DESK, post=DESK, arguments=_offer),
    Page("dispute-offer-take-back", post=DESK, arguments=_offer),
    Page("dispute-offer-tablet", post=DESK, arguments=_offer),
    Page("dispute-follow-up-new", get=DESK, post=DESK, arguments=_case),
    Page("dispute-follow-up", get=DESK, post=DESK, arguments=_follow_up),
    Page("dispute-follow-up-finish", get=DESK, post=DESK, arguments=_follow_up),
    Page("rework-list", get=DESK),
    Page("rework-export", get=DESK),
    Page("rework-new", get=DESK, post=DESK),
    Page("rework", get=DESK, arguments=_rework),
    Page("rework-accept", get=DESK, post=DESK, arguments=_rework),
    Page("rework-refuse", get=DESK, post=DESK, arguments=_rework),
    Page("rework-appointment", get=DESK, post=DESK, arguments=_rework),
    Page("rework-begin", post=DESK, arguments=_rework),
    Page("rework-deliver", get=DESK, post=DESK, arguments=_rework),
    Page("rework-confirm", post=DESK, arguments=_rework),
    Page("rework-complain", get=DESK, post=DESK, arguments=_rework),
    Page("rework-dispute", get=DESK, post=DESK, arguments=_rework),
    Page("rework-close", get=DESK, post=DESK, arguments=_rework),
    Page("rework-call-off", get=DESK, post=DESK, arguments=_rework),
    Page("rework-supplement", post=DESK, arguments=_rework),
    Page("chargeback-list", get=DESK),
    Page("chargeback-export", get=DESK),
    Page("chargeback-new", get=DESK, post=DESK, arguments=_payment),
    Page("chargeback", get=DESK, arguments=_chargeback),
    Page("chargeback-divide", get=DESK, post=DESK, arguments=_chargeback),
    Page("chargeback-withdraw-funds", get=DESK, post=DESK, arguments=_chargeback),
    Page("chargeback-reinstate", get=DESK, post=DESK, arguments=_chargeback),
    Page("chargeback-submit", get=DESK, post=DESK, arguments=_chargeback),
    Page("chargeback-ask-again", get=DESK, post=DESK, arguments=_chargeback),
    Page("chargeback-withdrawn", get=DESK, post=DESK, arguments=_chargeback),
    Page("chargeback-decided", get=DESK, post=DESK, arguments=_chargeback),
    Page("chargeback-let-go", get=MANAGEMENT, post=MANAGEMENT, arguments=_chargeback),
    Page("dispute-reason-list", get=MANAGEMENT),
    Page("dispute-reason-new", get=MANAGEMENT, post=MANAGEMENT),
    Page("dispute-reason", get=MANAGEMENT, post=MANAGEMENT, arguments=_dispute_reason),
    # Invoices
    Page("dunning-agenda", get=DESK),
    Page("dunning-approve", post=DESK, body=_ticked),
    Page("dunning-calendar", get=DESK),
    Page("invoice-remind", get=DESK, post=DESK, arguments=_bill),
    Page("invoice-dunning-decide", get=DESK, arguments=_bill),
    Page("invoice-dunning-stop", get=DESK, post=DESK, arguments=_bill),
    Page("invoice-dunning-start", get=DESK, post=DESK, arguments=_bill),
    Page("invoice-dunning-restart", get=DESK, post=DESK, arguments=_bill),
    Page("letter-list", get=DESK),
    Page("letter-make", post=DESK, body=_letter),
    Page("letter-take-back", post=DESK, body=_letter),
    Page("letter-posted", post=DESK, body=_letter),
    Page("letter-pdf", get=DESK),
    Page("letter-addresses", get=DESK),
    Page("call-list", get=DESK),
    Page("call-note", get=DESK, post=DESK, arguments=_call),
    Page("fee-list", get=DESK),
    Page("fee-claim", post=MANAGEMENT, body=_ticked_fee),
    Page("fee", get=DESK, arguments=_fee),
    Page("fee-waive", post=MANAGEMENT, arguments=_fee),
    Page("dunning-pause", get=DESK, post=DESK),
    Page("dunning-resume", post=DESK),
    Page("customer-ladder", get=DESK, post=DESK, arguments=_customer),
    Page("ladder-list", get=MANAGEMENT),
    Page("ladder-new", get=MANAGEMENT, post=MANAGEMENT),
    Page("ladder", get=MANAGEMENT, post=MANAGEMENT, arguments=_ladder),
    Page("ladder-default", post=MANAGEMENT, arguments=_ladder),
    Page("ladder-retire", post=MANAGEMENT, arguments=_ladder),
    Page("ladder-bring-back", post=MANAGEMENT, arguments=_ladder),
    Page("ladder-version", get=MANAGEMENT, arguments=_ladder_version),
    Page("reminder-text-list", get=MANAGEMENT),
    Page(
        "reminder-text",
        get=MANAGEMENT,
        post=MANAGEMENT,
        arguments=_reminder_text,
        of_one_shop=False,
    ),
    Page("reminder-list", get=DESK),
    Page("reminder-export", get=DESK),
    Page("reminder", get=DESK, arguments=_reminder("reminder")),
    Page("reminder-approve", post=DESK, arguments=_reminder("reminder")),
    Page("reminder-skip", post=DESK, arguments=_reminder("reminder")),
    Page("reminder-settle", post=DESK, arguments=_reminder("doubtful_reminder")),
    Page("reminder-bounced", post=DESK, arguments=_reminder("sent_reminder")),
    Page("reminder-replied", post=DESK, arguments=_reminder("sent_reminder")),
    Page("address-mended", post=DESK, arguments=_customer),
    Page("invoice-list", get=STAFF),
    Page("invoice-export", get=DESK),
    Page("invoice-export-xlsx", get=DESK),
    Page("invoice-new", post=DESK, arguments=_order),
    Page("invoice-draft", get=DESK, post=DESK, arguments=_bill_draft),
    Page("invoice-draft-totals", post=DESK, arguments=_bill_draft),
    Page("invoice-draft-discard", post=DESK, arguments=_bill_draft),
    Page("invoice-issue", get=DESK, post=DESK, arguments=_bill_draft),
    Page("invoice", get=STAFF, arguments=_bill),
    Page("invoice-pdf", get=STAFF, arguments=_bill),
    Page("invoice-send", post=DESK, arguments=_bill),
    Page("invoice-credit", get=DESK, post=DESK, arguments=_bill),
    Page("invoice-void", post=MANAGEMENT, arguments=_bill),
    Page("invoice-write-off", post=MANAGEMENT, arguments=_bill),
    Page("invoice-recover", post=DESK, arguments=_bill),
    Page("invoice-hold", get=DESK, post=DESK, arguments=_bill),
    Page("hold-release", get=DESK, post=DESK, arguments=_on_bill(hold_id="hold.pk")),
    Page("invoice-promise", get=DESK, post=DESK, arguments=_bill),
    Page("promise-withdraw", get=DESK, post=DESK, arguments=_on_bill(promise_id="promise.pk")),
    Page("claim-answer", get=DESK, post=DESK, arguments=_on_bill(claim_id="claim.pk")),
    Page("plan-new", get=DESK, post=DESK, arguments=_bill),
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
    Page("payment", get=DESK, arguments=_payment),
    Page("payment-allocate", get=DESK, post=DESK, arguments=_payment),
    Page("payment-unallocate", get=DESK, post=DESK, arguments=_payment),
    Page("payment-refund", get=DESK, post=DESK, arguments=_payment),
    Page("payment-annul", get=MANAGEMENT, post=MANAGEMENT, arguments=_payment),
    Page("payment-receipt", post=DESK, arguments=_payment),
    Page("customer-statement", get=DESK, arguments=_customer),
    Page("customer-statement-export", get=DESK, arguments=_customer),
    Page("customer-statement-pdf", post=DESK, arguments=_customer),
    Page("customer-statement-send", post=DESK, arguments=_customer),
]

CALLS = [
    Call("api-customer-list", get=STAFF, post=DESK),
    Call("api-customer-detail", get=STAFF, patch=DESK, arguments=_api("customer")),
    Call("api-vehicle-list", get=STAFF, post=DESK),
    Call("api-vehicle-detail", get=STAFF, patch=DESK, arguments=_api("vehicle")),
    Call("api-repair-order-list", get=STAFF, post=DESK),
    Call("api-repair-order-detail", get=STAFF, patch=DESK, arguments=_api("order")),
    Call("api-repair-order-close", post=DESK, arguments=_api("order")),
    Call("api-repair-order-cancel", post=DESK, arguments=_api("order")),
    Call("api-repair-order-reopen", post=DESK, arguments=_api("order")),
    Call("api-storage-notice", post=DESK, arguments=_api("order")),
    Call("api-hand-over", post=DESK, arguments=_api("order")),
    Call("api-inspection-list", get=STAFF, post=STAFF),
    Call("api-inspection-detail", get=STAFF, patch=STAFF, arguments=_api("running")),
    Call("api-inspection-items", post=STAFF, arguments=_api("running")),
    Call("api-inspection-item", patch=STAFF, delete=STAFF, arguments=_api_item),
    Call("api-inspection-media", post=STAFF, arguments=_api_item),
    Call("api-inspection-media-item", get=STAFF, delete=STAFF, arguments=_api_media),
    Call("api-inspection-rest", post=STAFF, arguments=_api("running")),
    Call("api-inspection-complete", post=STAFF, arguments=_api("running")),
    Call("api-inspection-reopen", post=STAFF, arguments=_api("completed")),
    Call("api-inspection-discard", post=STAFF, arguments=_api("completed")),
    Call("api-inspection-share", post=DESK, arguments=_api("completed")),
    Call("api-inspection-reshare", post=DESK, arguments=_api("shared")),
    Call("api-inspection-pdf", get=STAFF, arguments=_api("shared")),
    Call("api-inspection-signed-pdf", get=STAFF, arguments=_api("acknowledged")),
    Call("api-checklist-list", get=STAFF),
    Call("api-checklist-detail", get=STAFF, arguments=_api("checklist")),
    Call("api-estimate-list", get=STAFF, post=DESK),
    Call("api-estimate-detail", get=STAFF, patch=DESK, arguments=_api("draft")),
    Call("api-estimate-send", post=DESK, arguments=_api("draft")),
    Call("api-estimate-resend", post=DESK, arguments=_api("sent")),
    Call("api-estimate-withdraw", post=DESK, arguments=_api("sent")),
    Call("api-estimate-revise", post=DESK, arguments=_api("sent")),
    Call("api-estimate-authorizations", post=DESK, arguments=_api("sent")),
    Call("api-estimate-pdf", get=STAFF, arguments=_api("sent")),
    Call("api-estimate-signed-pdf", get=STAFF, arguments=_api("answered")),
    Call("api-chargeback-list", get=STAFF, post=DESK),
    Call("api-chargeback-detail", get=STAFF, arguments=_api("chargeback")),
    Call("api-chargeback-divide", post=DESK, arguments=_api("chargeback")),
    Call("api-chargeback-withdraw-funds", post=DESK, arguments=_api("chargeback")),
    Call("api-chargeback-reinstate", post=DESK, arguments=_api("chargeback")),
    Call("api-chargeback-submit", post=DESK, arguments=_api("chargeback")),
    Call("api-chargeback-ask-again", post=DESK, arguments=_api("chargeback")),
    Call("api-chargeback-withdrawn", post=DESK, arguments=_api("chargeback")),
    Call("api-chargeback-close", post=DESK, arguments=_api("chargeback")),
    Call("api-dispute-reason-list", get=STAFF),
    Call("api-dispute-list", get=STAFF, post=DESK),
    Call("api-dispute-detail", get=STAFF, arguments=_api("case")),
    Call("api-dispute-release-items", post=DESK, arguments=_api("case")),
    Call("api-dispute-resolve", post=DESK, arguments=_api("case")),
    Call("api-dispute-reject", post=MANAGEMENT, arguments=_api("case")),
    Call("api-dispute-withdraw", post=DESK, arguments=_api("case")),
    Call("api-dispute-reopen", post=MANAGEMENT, arguments=_api("case")),
    Call("api-rework-list", get=STAFF, post=DESK),
    Call("api-rework-detail", get=STAFF, arguments=_api("rework")),
    Call("api-rework-accept", post=DESK, arguments=_api("rework")),
    Call("api-rework-refuse", post=DESK, arguments=_api("rework")),
    Call("api-rework-appointment", post=DESK, arguments=_api("rework")),
    Call("api-rework-begin", post=DESK, arguments=_api("rework")),
    Call("api-rework-deliver", post=DESK, arguments=_api("rework")),
    Call("api-rework-confirm", post=DESK, arguments=_api("rework")),
    Call("api-rework-complain", post=DESK, arguments=_api("rework")),
    Call("api-rework-close", post=DESK, arguments=_api("rework")),
    Call("api-rework-dispute", post=DESK, arguments=_api("rework")),
    Call("api-rework-call-off", post=DESK, arguments=_api("rework")),
    Call("api-rework-supplement", post=DESK, arguments=_api("rework")),
    Call("api-dispute-offers", get=STAFF, post=DESK, arguments=_api("case")),
    Call("api-dispute-offer-accept", post=DESK, arguments=_api_offer),
    Call("api-dispute-offer-refuse", post=DESK, arguments=_api_offer),
    Call("api-dispute-offer-take-back", post=DESK, arguments=_api_offer),
    Call("api-dispute-follow-ups", get=STAFF, post=DESK, arguments=_api("case")),
    Call("api-dispute-follow-up", patch=DESK, arguments=_api_follow_up),
    Call("api-dispute-follow-up-finish", post=DESK, arguments=_api_follow_up),
    Call("api-dunning-policy", get=STAFF, put=MANAGEMENT),
    Call("api-invoice-remind", post=DESK, arguments=_api("bill")),
    Call("api-reminder-list", get=STAFF),
    Call("api-reminder-detail", get=STAFF, arguments=_api("reminder")),
    Call("api-reminder-approve", post=DESK, arguments=_api("reminder")),
    Call("api-reminder-skip", post=DESK, arguments=_api("reminder")),
    Call("api-reminder-settle", post=DESK, arguments=_api("doubtful_reminder")),
    Call("api-invoice-list", get=STAFF, post=DESK),
    Call("api-invoice-detail", get=STAFF, patch=DESK, arguments=_api("bill_draft")),
    Call("api-invoice-issue", post=DESK, arguments=_api("bill_draft")),
    Call("api-invoice-discard", post=DESK, arguments=_api("bill_draft")),
    Call("api-invoice-send", post=DESK, arguments=_api("bill")),
    Call("api-invoice-credit-notes", post=DESK, arguments=_api("bill")),
    Call("api-invoice-void", post=MANAGEMENT, arguments=_api("bill")),
    Call("api-invoice-write-off", post=MANAGEMENT, arguments=_api("bill")),
    Call("api-invoice-recover", post=DESK, arguments=_api("bill")),
    Call("api-invoice-pdf", get=STAFF, arguments=_api("bill")),
    Call("api-work", get=STAFF, arguments=_api("order")),
    Call("api-work-line", get=STAFF, patch=STAFF, arguments=_work_call),
    Call("api-stop-work", get=STAFF, post=DESK, arguments=_stop_call),
    Call("api-stop-work-offer", post=DESK, arguments=_stop_call),
    Call("api-stop-work-choice", post=DESK, arguments=_stop_call),
    Call("api-stop-work-lift", post=DESK, arguments=_stop_call),
    Call("api-promise-list", get=STAFF, post=DESK),
    Call("api-promise-detail", get=STAFF, arguments=_api("promise")),
    Call("api-promise-withdraw", post=DESK, arguments=_api("promise")),
    Call("api-payment-plan-list", get=STAFF, post=DESK),
    Call("api-payment-plan-detail", get=STAFF, arguments=_api("plan")),
    Call("api-payment-plan-agree", post=DESK, arguments=_api("plan")),
    Call("api-payment-plan-end", post=DESK, arguments=_api("plan")),
    Call("api-payment-list", get=STAFF, post=DESK),
    Call("api-payment-detail", get=STAFF, arguments=_api("payment")),
    Call("api-payment-allocations", post=DESK, arguments=_api("payment")),
    Call("api-payment-take-off", post=DESK, arguments=_api("payment")),
    Call("api-payment-refunds", post=DESK, arguments=_api("payment")),
    Call("api-payment-annul", post=MANAGEMENT, arguments=_api("payment")),
    Call("api-payment-pdf", get=STAFF, arguments=_api("payment")),
    Call("api-customer-statement", get=STAFF, arguments=_api("customer")),
]

BEHIND_LINKS = [
    Behind("public-estimate", get=True, post=False),
    Behind("public-estimate-totals", get=True, post=False),
    Behind("public-estimate-sign", get=True, post=True),
    Behind("public-estimate-code", get=True, post=True),
    Behind("public-estimate-call", get=True, post=True),
    Behind("public-estimate-paper", get=False, post=True),
    Behind("public-estimate-file", get=True, post=False, arguments=_photo),
    Behind("public-estimate-displayed", get=False, post=True),
    Behind("public-estimate-pdf", get=True, post=False),
    Behind("public-estimate-signed", get=True, post=False),
    _behind_inspection("", get=True),
    _behind_inspection("-sign", get=True, post=True),
    _behind_inspection("-files", get=True, post=True),
    _behind_inspection("-file-remove", get=True, post=True, arguments=_own_photo),
    _behind_inspection("-file", get=True, arguments=_photo),
    _behind_inspection("-displayed", post=True),
    _behind_inspection("-pdf", get=True),
    _behind_inspection("-signed", get=True),
    Behind("public-stop", get=True, post=False, link="stop_link"),
    Behind("public-stop-sign", get=True, post=True, link="stop_link"),
    Behind("public-stop-displayed", get=False, post=True, link="stop_link"),
    Behind("public-stop-pdf", get=True, post=False, link="stop_link"),
    Behind("public-stop-signed", get=True, post=False, link="stop_link"),
    _behind_invoice("", get=True),
    _behind_invoice("-promise", get=True, post=True),
    _behind_invoice("-paid", get=True, post=True),
    _behind_invoice("-wrong", get=True, post=True),
    _behind_invoice("-sign", get=True, post=True),
    _behind_invoice("-displayed", post=True),
    _behind_invoice("-pdf", get=True),
    _behind_invoice("-signed", get=True),
    _behind_invoice("-credit-note", get=True, arguments=_credit_note),
    _behind_plan("", get=True),
    _behind_plan("-sign", get=True, post=True),
    _behind_plan("-decline", get=True, post=True),
    _behind_plan("-displayed", post=True),
    _behind_plan("-pdf", get=True),
    _behind_invoice("-dispute", get=True, post=True),
    _behind_dispute("", get=True),
    _behind_dispute("-message", get=True, post=True),
    _behind_dispute("-withdraw", get=True, post=True),
    _behind_dispute("-reopen", get=True, post=True),
    _behind_dispute("-displayed", post=True),
    _behind_dispute("-file", get=True, arguments=_case_file),
    _behind_dispute("-offer-make", get=True, post=True),
    _behind_dispute("-offer", get=True, arguments=_offered),
    _behind_dispute("-offer-sign", get=True, post=True, arguments=_offered),
    _behind_dispute("-offer-refuse", get=True, post=True, arguments=_offered),
    _behind_dispute("-offer-take-back", get=True, post=True, arguments=_offered),
    _behind_dispute("-offer-pdf", get=True, arguments=_offered),
    _behind_invoice("-rework", get=True, post=True),
    _behind_rework("", get=True),
    _behind_rework("-confirm", get=True, post=True),
    _behind_rework("-complain", get=True, post=True),
    _behind_rework("-dispute", get=True, post=True),
    _behind_rework("-close", get=True, post=True),
    _behind_rework("-call-off", get=True, post=True),
    _behind_rework("-displayed", post=True),
    _behind_rework("-file", get=True, arguments=_rework_file),
    _behind_resolver("page", get=True),
    _behind_resolver("answer", get=True, post=True),
    _behind_resolver("displayed", post=True),
    _behind_resolver("file", get=True, arguments=_case_file),
    _behind_resolver("photo", get=True, arguments=_contested_photo),
]

OPEN = [
    Open("healthz", get=200, post=405),
    Open("healthz-progress", get=200, post=405),
    Open("api-schema", get=200, post=405),
    Open("api-docs", get=200, post=405),
    Open("api-nothing", get=404, post=404),
    Open("fresh-link", get=405, post=200),
]

_KEY = {"uidb36": "1", "key": "set-password"}
#: allauth's own pages, as somebody sees them who has not logged in.
LOG_IN = [
    Open("account_login", get=200, post=200),
    Open("account_logout", get=302, post=302),
    Open("account_inactive", get=200, post=405),
    Open("account_signup", get=200, post=200),
    Open("account_reauthenticate", get=302, post=302),
    Open("account_email", get=302, post=302),
    Open("account_email_verification_sent", get=200, post=405),
    Open("account_change_password", get=302, post=302),
    Open("account_set_password", get=302, post=302),
    Open("account_reset_password", get=200, post=200),
    Open("account_reset_password_done", get=200, post=405),
    Open("account_reset_password_from_key", get=200, post=200, arguments=_KEY),
    Open("account_reset_password_from_key_done", get=200, post=405),
    Open("account_confirm_email", get=200, post=404, arguments={"key": "nothing"}),
    Open("account_confirm_login_code", get=302, post=302),
    Open("mfa_index", get=302, post=302),
    Open("mfa_authenticate", get=302, post=302),
    Open("mfa_reauthenticate", get=302, post=302),
    Open("mfa_activate_totp", get=302, post=302),
    Open("mfa_deactivate_totp", get=302, post=302),
    Open("mfa_view_recovery_codes", get=302, post=302),
    Open("mfa_generate_recovery_codes", get=302, post=302),
    Open("mfa_download_recovery_codes", get=302, post=302),
]

ROWS = [*PAGES, *CALLS, *BEHIND_LINKS, *OPEN, *LOG_IN]
ADMIN = "admin:"


def every_route() -> list[str]:
    """The names of all routes that the product answers to, those of the admin with its prefix."""
    return list(_names(get_resolver(), ""))


def _names(resolver: URLResolver, namespace: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _names(pattern, namespace + inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
