"""Estimates in every stage of their life, made by the services themselves."""

import io
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from estimates.models import Authorization, EstimateLine, EstimateRevision
from estimates.pricing import LineInput
from estimates.services import answering, drafting, recording, sending
from estimates.states import Answer, AuthorizationMode
from shopdisputes.actors import Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.canonical import sha256_hex
from shopdisputes.documents import typesetting
from shopdisputes.documents.models import Document
from shopdisputes.errors import DomainError
from shopdisputes.links.models import AccessLink
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.signing import services as signing
from shopdisputes.uploads.models import FileKind, StoredFile
from tests.factories import NOW, RepairOrderFactory, ShopFactory

DESK = Actor(role=Role.ADVISOR, name="Ada Advisor", ip_address="10.0.0.5", user_agent="Desk")
TECHNICIAN = Actor(role=Role.TECHNICIAN, name="Theo Technician")
CUSTOMER = Actor(
    role=Role.CUSTOMER, name="Camille", ip_address="203.0.113.7", user_agent="Phone/1.0"
)
YES, LATER, NO = Answer.AUTHORIZED, Answer.DEFERRED, Answer.DECLINED

#: 144.00 and 57.90 before tax: 201.90; with 20 % tax 242.28.
LABOUR = LineInput(
    kind="labour",
    description="Replace the front brake pads",
    quantity=Decimal("1.8"),
    unit_price=Decimal("80.00"),
    tax_rate=Decimal("20"),
    reason="The pads are down to 2 mm.",
)
PART = LineInput(
    kind="part",
    description="Front brake pads, set",
    unit_price=Decimal("57.90"),
    tax_rate=Decimal("20"),
    necessity="recommended",
    part_condition="new",
)
BRAKES = (LABOUR, PART)


def draft(
    *lines: LineInput, order: RepairOrder | None = None, at: datetime = NOW, **options: Any
) -> EstimateRevision:
    """A draft of these lines, else of the brakes."""
    order = order or RepairOrderFactory()
    return drafting.create(repair_order=order, lines=lines or BRAKES, by=DESK, at=at, **options)


def send(revision: EstimateRevision, *, at: datetime = NOW, **options: Any) -> EstimateRevision:
    """The draft, sent."""
    return sending.send(revision=revision, by=DESK, at=at, **options)


def sent(
    *lines: LineInput,
    order: RepairOrder | None = None,
    at: datetime = NOW,
    valid_until: Any = None,
    **options: Any,
) -> EstimateRevision:
    """A sent estimate of these lines, else of the brakes; ``options`` go to ``send``."""
    made = draft(*lines, order=order, at=at, valid_until=valid_until)
    return send(made, at=at, **options)


def revised(
    revision: EstimateRevision, *lines: LineInput, at: datetime = NOW, **options: Any
) -> EstimateRevision:
    """The next revision of the same estimate, sent; without lines a copy."""
    made = drafting.revise(
        estimate=revision.estimate, reason="More is worn.", lines=lines or None, by=DESK, at=at
    )
    return send(made, at=at, **options)


def link_of(revision: EstimateRevision) -> AccessLink:
    """The newest link to it."""
    return AccessLink.objects.filter(target_id=revision.pk).order_by("-created_at", "pk")[0]


def lines_of(revision: EstimateRevision) -> list[EstimateLine]:
    """Its lines in their order."""
    return list(revision.lines.in_order())


def said(revision: EstimateRevision, *answers: str) -> dict[UUID, str]:
    """Answers to its lines in their order."""
    return {line.pk: given for line, given in zip(lines_of(revision), answers, strict=True)}


def answer(
    revision: EstimateRevision, *answers: str, at: datetime = NOW, **other: Any
) -> Authorization:
    """The answer of the customer by the newest link, typed."""
    asked: dict[str, Any] = {
        "link": link_of(revision) if "link" not in other else other["link"],
        "revision_sha256": revision.sha256,
        "answers": said(revision, *answers) if answers else {},
        "signer_name": "Camille Durand",
        "drawn": None,
        "code": "",
        "consent": True,
        "signer_timezone": "Europe/Paris",
        "by": CUSTOMER,
        "at": at,
    }
    return answering.answer(**asked | other)


def record(
    revision: EstimateRevision, *answers: str, at: datetime = NOW, **other: Any
) -> Authorization:
    """An oral answer, written down by the desk."""
    told: dict[str, Any] = {
        "revision": revision,
        "mode": AuthorizationMode.ORAL,
        "person": "Camille Durand",
        "contact": "+33612345678",
        "said_at": at,
        "reason": "The discs are worn as well.",
        "answers": said(revision, *answers) if answers else {},
        "by": DESK,
        "at": at,
    }
    return recording.record(**told | other)


def typeset(*documents: Document | None) -> None:
    """Make the PDFs of these documents and no others."""
    for document in documents:
        assert document is not None
        Document.objects.claim(document.pk, at=NOW, lease_until=NOW + timedelta(minutes=2))
        document.refresh_from_db()
        assert typesetting._finish(document, lambda: NOW), document.last_error
        document.refresh_from_db()


def stored(revision: EstimateRevision, content: bytes, kind: FileKind) -> StoredFile:
    """An uploaded file of the revision's shop."""
    file = StoredFile(
        shop=revision.shop,
        sha256=sha256_hex(content),
        size=len(content),
        kind=kind,
        name="scan",
        uploaded_at=NOW,
        uploaded_by=DESK.name,
    )
    file.file.save("", ContentFile(content), save=False)
    file.save()
    return file


def drawing() -> signing.DrawnSignature:
    """A scribble that passes as a signature."""
    picture = Image.new("RGBA", (300, 100), (0, 0, 0, 0))
    ImageDraw.Draw(picture).line([(10, 80), (80, 20), (150, 80), (280, 30)], "black", width=4)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return signing.DrawnSignature(image=buffer.getvalue(), strokes=[[[10, 80], [80, 20]]])


def mails(revision: EstimateRevision) -> list[tuple[str, str]]:
    """Kind and status of every e-mail about it, the oldest first."""
    found = OutgoingEmail.objects.filter(target_id=revision.pk).order_by("created_at", "kind")
    return sorted(found.values_list("kind", "status"))


def actions(revision: EstimateRevision) -> list[str]:
    """What the audit trail tells of the estimate, the oldest first."""
    events = AuditEvent.objects.filter(target_id=revision.estimate_id).order_by("sequence")
    return list(events.values_list("action", flat=True))


def everything() -> Sequence[Any]:
    """What must not change when something is refused: the rows, the mails, the trail."""
    return [
        list(EstimateRevision.objects.order_by("pk").values()),
        list(EstimateLine.objects.order_by("pk").values()),
        list(Authorization.objects.order_by("pk").values()),
        list(Document.objects.order_by("pk").values("pk", "status")),
        list(OutgoingEmail.objects.order_by("pk").values("pk", "status")),
        list(AuditEvent.objects.order_by("pk").values("pk", "sequence")),
        list(AccessLink.objects.order_by("pk").values()),
    ]


def refused(error: type[DomainError], act: Callable[[], Any]) -> DomainError:
    """Return the refusal, after which everything is as before."""
    before = everything()
    with pytest.raises(error) as caught:
        act()
    assert everything() == before
    return caught.value


def sent_with_code() -> EstimateRevision:
    """A revision that a code by e-mail is asked for."""
    shop = ShopFactory(code_from_amount=Decimal("100.00"))
    return sent(order=RepairOrderFactory(shop=shop))
