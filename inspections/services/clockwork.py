"""What happens by itself: silence is noted, reports are made once their pictures are there."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from inspections import documents, emails, snapshot
from inspections.models import Acknowledgement, Inspection
from inspections.services import trail
from inspections.services.locking import lock_inspection
from inspections.states import TRANSITIONS, AcknowledgementAnswer, InspectionStatus
from shopdisputes import dates
from shopdisputes.actors import SYSTEM
from shopdisputes.audit.models import AuditEvent
from shopdisputes.canonical import sha256_hex
from shopdisputes.dates import latest_day
from shopdisputes.outbox import queueing as outbox
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.transitions import IllegalTransition

Row = TypeVar("Row", Inspection, Acknowledgement)

_LEFT = frozenset({EmailStatus.HANDING, EmailStatus.SENT, EmailStatus.IN_DOUBT})

_log = logging.getLogger(__name__)


def lapse(*, at: datetime) -> dict[str, int]:
    """Note that there was no answer by the end of the last day, a day of the shop; return counts.

    Silence is no agreement: a late answer is still taken. May run at any time, twice, late, or
    in several workers at once.
    """
    late = Inspection.objects.unanswered_beyond(latest_day(at)).order_by("pk")
    return _each("lapsed", late, _lapse_one, at=at)


def make_reports(*, at: datetime) -> dict[str, int]:
    """Word the reports and the signed copies whose pictures are all there; return counts.

    A report is made once a completion, a signed copy once an answer, which is then mailed. May
    run at any time, twice, late, or in several workers at once.
    """
    completed = Inspection.objects.to_report().order_by("completed_at", "pk")
    answered = Acknowledgement.objects.to_seal().order_by("at", "pk")
    reports = _each("reports", completed, _report_one, at=at)
    copies = _each("signed", answered, _seal_one, at=at)
    return reports | copies | {"failed": reports["failed"] + copies["failed"]}


def _each(
    counted: str, rows: Iterable[Row], act: Callable[[Row, datetime], bool], *, at: datetime
) -> dict[str, int]:
    counts = {counted: 0, "failed": 0}
    for row in rows:
        try:
            counts[counted] += act(row, at)
        except Exception:
            # One poisoned row must not stop those behind it.
            _log.exception("%s %s could not be handled", row._meta.model_name, row.pk)
            counts["failed"] += 1
    return counts


def _lapse_one(inspection: Inspection, at: datetime) -> bool:
    return _is_over(inspection, at) and _lapse(inspection, at=at)


def _is_over(inspection: Inspection, at: datetime) -> bool:
    assert inspection.answer_by is not None
    return dates.local_day(at, zone=inspection.shop.zone) > inspection.answer_by


@transaction.atomic
def _lapse(inspection: Inspection, *, at: datetime) -> bool:
    inspection = lock_inspection(inspection)
    # Asked again behind the lock: it may have been answered, or given another day, meanwhile.
    if inspection.status != InspectionStatus.SHARED or not _is_over(inspection, at):
        return False
    status = TRANSITIONS.target("lapse", state=inspection.status, by=SYSTEM)
    won = Inspection.objects.filter(
        pk=inspection.pk, status=inspection.status, answer_by=inspection.answer_by
    ).update(status=status)
    if not won:
        return False
    assert inspection.answer_by is not None
    over = dates.end_of_day(inspection.answer_by, zone=inspection.shop.zone)
    noted = snapshot.answer_text(
        inspection=inspection,
        answer=AcknowledgementAnswer.NO_ANSWER,
        remarks="",
        item_remarks={},
        files=[],
        person="",
        at=over,
    )
    # Shared again and silent again: the first silence stands, the trail tells of the second.
    Acknowledgement.objects.get_or_create(
        inspection=inspection,
        answer=AcknowledgementAnswer.NO_ANSWER,
        defaults={
            "shop": inspection.shop,
            "at": over,
            "recorded_by": SYSTEM.name,
            "canonical_json": noted,
            "sha256": sha256_hex(noted),
        },
    )
    # What asks for an answer by a day that is over must not leave any more.
    outbox.withdraw(
        shop=inspection.shop, target_id=inspection.pk, kinds=emails.ASKING_FOR_AN_ANSWER
    )
    mail_left = _question_left(inspection)
    trail.record(
        action="inspection.no_answer",
        inspection=inspection,
        data={
            "answer_by": str(inspection.answer_by),
            "sha256": inspection.sha256,
            "mail_left": mail_left,
        },
        by=SYSTEM,
        at=at,
    )
    emails.inspection_unanswered(inspection, mail_left=mail_left, at=at)
    return True


def _question_left(inspection: Inspection) -> bool:
    """Say whether the newest mail that asks for an answer left; on the tablet none was needed."""
    newest = (
        OutgoingEmail.objects.for_shop(inspection.shop)
        .filter(target_id=inspection.pk, kind__in=emails.ASKING_FOR_AN_ANSWER)
        .order_by("-created_at")
        .first()
    )
    return newest is None or newest.status in _LEFT


def _report_one(inspection: Inspection, at: datetime) -> bool:
    return _report(inspection, at=at)


@transaction.atomic
def _report(inspection: Inspection, *, at: datetime) -> bool:
    inspection = lock_inspection(inspection)
    # Asked again behind the lock: it may have been reopened, or reported, meanwhile.
    waiting = Inspection.objects.to_report().filter(pk=inspection.pk, sha256=inspection.sha256)
    if not waiting.exists():
        return False
    document = documents.report(inspection, at=at)
    if not waiting.update(report=document):
        # Somebody was quicker, where locks do nothing (SQLite): this one is rolled back.
        raise IllegalTransition
    trail.record(
        action="inspection.report_made",
        inspection=inspection,
        data={"document": str(document.pk), "sha256": inspection.sha256},
        by=SYSTEM,
        at=at,
    )
    return True


def _seal_one(acknowledgement: Acknowledgement, at: datetime) -> bool:
    return _seal(acknowledgement, at=at)


@transaction.atomic
def _seal(acknowledgement: Acknowledgement, *, at: datetime) -> bool:
    inspection = lock_inspection(acknowledgement.inspection)
    waiting = Acknowledgement.objects.to_seal().filter(pk=acknowledgement.pk)
    found = waiting.select_related("signature").first()
    if found is None:
        return False
    found.inspection = inspection
    event = AuditEvent.objects.of_target(inspection).filter(action="inspection.answered").first()
    assert event is not None
    found.document = documents.acknowledged(found, event=event, at=at)
    if not waiting.update(document=found.document):
        # Somebody was quicker, where locks do nothing (SQLite): this one is rolled back.
        raise IllegalTransition
    emails.inspection_acknowledged(found, at=at)
    return True
