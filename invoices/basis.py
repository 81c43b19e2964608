"""On what each line of an invoice stands: the authorization, the announcement, the work."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from estimates.states import LineKind
from invoices.billable import Visit, visit_of
from invoices.models import Invoice, InvoiceLine, WorkItem
from invoices.progress import Job
from invoices.states import Classification, InvoiceStatus, WorkState

_ANNOUNCED_KINDS = frozenset({LineKind.TEARDOWN, LineKind.REASSEMBLY})
_ANNOUNCED = frozenset({Classification.DESTROYED_PART, Classification.REASSEMBLY})
_NOTHING: dict[str, Any] = {"authorization": None, "disclosure": None, "work": None}


def of(invoice: Invoice) -> dict[UUID, dict[str, Any]]:
    """Return the basis of each line by its key.

    That of a draft is as things stand now; that of an issued invoice as it was frozen. Each has
    ``authorization``, ``disclosure`` and ``work``: an object, or None where there is none.
    """
    lines = invoice.lines.in_order().select_related("estimate_line__revision")
    if invoice.status != InvoiceStatus.DRAFT:
        return {line.pk: _NOTHING | line.basis for line in lines}
    visit = visit_of(invoice.repair_order)
    return {line.pk: _of_line(line, visit) for line in lines}


def needs_announcement(line: InvoiceLine) -> bool:
    """Say whether a line is for disassembly, for what it destroyed, or for reassembly.

    What was authorized as such stays it, whatever the invoice calls it.
    """
    kinds = {line.kind, line.estimate_line.kind if line.estimate_line else ""}
    return bool(kinds & _ANNOUNCED_KINDS) or line.classification in _ANNOUNCED


def _of_line(line: InvoiceLine, visit: Visit) -> dict[str, Any]:
    job = visit.job_of(line)
    return {
        "authorization": _authorization(job) if job else None,
        "disclosure": _disclosure(line, visit),
        "work": _work(line, job),
    }


def _authorization(job: Job) -> dict[str, Any]:
    # Only a line with an answer is authorized.
    assert job.answer is not None
    given, line = job.answer.authorization, job.line
    return {
        "estimate": line.revision.estimate.number,
        "revision": line.revision.number,
        "authorization": str(given.pk),
        "person": given.person,
        "mode": str(given.mode),
        "evidence_level": str(given.evidence_level),
        "at": _moment(given.at),
        "amount": f"{line.net:.2f}",
    }


def _disclosure(line: InvoiceLine, visit: Visit) -> dict[str, Any] | None:
    if line.kind == LineKind.STORAGE:
        notice = visit.notice
        if notice is None:
            return None
        return {
            "notice": str(notice.pk),
            "sent_at": _moment(notice.sent_at),
            "how": notice.sent_to or notice.served_how,
            "daily_rate": f"{notice.daily_rate:.2f}",
            "first_day": notice.first_day.isoformat(),
        }
    announced = visit.announcement_for(line) if needs_announcement(line) else None
    if announced is None:
        return None
    return {
        "estimate": announced.revision.estimate.number,
        "revision": announced.revision.number,
        "sent_at": _moment(announced.revision.sent_at),
        "text": announced.disclosure,
    }


def _work(line: InvoiceLine, job: Job | None) -> dict[str, Any] | None:
    if job is None or line.kind in {LineKind.DISCOUNT, LineKind.STORAGE}:
        return None
    if job.work is None:
        # Billing states it, where nobody noted it line by line.
        return {"state": str(WorkState.DONE), "stated": True} if line.net > 0 else None
    return _noted(job.work)


def _noted(work: WorkItem) -> dict[str, Any]:
    proof = work.supplier_proof
    return {
        "state": str(work.state),
        "done_quantity": f"{work.done_quantity:.3f}",
        "hours_spent": None if work.hours_spent is None else f"{work.hours_spent:.2f}",
        "part_state": str(work.part_state),
        "updated_by": work.updated_by,
        "updated_at": _moment(work.updated_at),
        "proofs": [proof.sha256] if proof else [],
    }


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if value else None
