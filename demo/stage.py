"""What every story of the demo shop needs: its people, its calendar, its customers' hands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.conf import settings

from demo import handwriting
from estimates.models import Authorization, EstimateRevision
from estimates.pricing import LineInput
from estimates.services import answering, drafting, sending, writing
from estimates.states import Answer, LineKind, Necessity
from inspections.models import InspectionItem
from inspections.services import clockwork as inspection_clockwork
from shopdisputes import dates
from shopdisputes.accounts.models import User
from shopdisputes.actors import Actor, Role
from shopdisputes.customers import services as customers
from shopdisputes.customers.models import Customer
from shopdisputes.customers.services import CustomerDetails, VehicleDetails
from shopdisputes.documents import typesetting
from shopdisputes.documents.models import Document
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.links.models import AccessLink
from shopdisputes.outbox import delivery
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.repairorders import services as repair_orders
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop
from shopdisputes.signing.services import DrawnSignature
from shopdisputes.uploads import intake

_PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) Mobile Safari"
VAT = Decimal("20.00")
HOURLY_RATE = Decimal("78.00")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A shop, who stands at its desk, and the moment at which the stories are told."""

    shop: Shop
    advisor: Actor
    technician: Actor
    manager: Actor
    now: datetime

    def ago(self, days: int, clock: time) -> datetime:
        """Return a wall-clock time of the shop, some days back and never in the future."""
        day = dates.local_day(self.now, zone=self.shop.zone) - timedelta(days=days)
        return min(dates.at_local_time(day, clock, zone=self.shop.zone), self.now)

    @property
    def clerk(self) -> User:
        """The advisor as the member of staff who answers for what she opens."""
        assert self.advisor.user_id is not None
        return User.objects.get(pk=self.advisor.user_id)

    def visit(
        self,
        customer: CustomerDetails | Customer,
        vehicle: VehicleDetails,
        *,
        concern: str,
        odometer: int,
        at: datetime,
    ) -> RepairOrder:
        """Let a customer bring a vehicle."""
        if isinstance(customer, CustomerDetails):
            customer = customers.create(shop=self.shop, details=customer, by=self.advisor, at=at)
        return repair_orders.open_order(
            customer=customer,
            vehicle=customers.create_vehicle(
                customer=customer, details=vehicle, by=self.advisor, at=at
            ),
            concern=concern,
            odometer=odometer,
            by=self.advisor,
            at=at,
        )

    def draft(
        self, order: RepairOrder, lines: Sequence[LineInput], *, at: datetime, deposit: str = "0.00"
    ) -> EstimateRevision:
        """Write an estimate."""
        return drafting.create(
            repair_order=order,
            lines=lines,
            deposit_amount=Decimal(deposit),
            by=self.advisor,
            at=at,
        )

    def send(
        self,
        revision: EstimateRevision,
        *,
        at: datetime,
        message: str = "",
        by_email: bool = True,
    ) -> EstimateRevision:
        """Mail it, or have it ready at the desk."""
        return sending.send(
            revision=revision, message=message, by_email=by_email, by=self.advisor, at=at
        )

    def answer_by_link(
        self,
        revision: EstimateRevision,
        answers: Mapping[str, Answer],
        *,
        at: datetime,
        drawn: bool = True,
        code: str = "",
    ) -> Authorization:
        """Let the customer answer on the phone; ``answers`` by description, the rest authorized."""
        # What was sent is what is answered, not the draft that it was made of.
        revision.refresh_from_db()
        link = link_of(revision)
        name = link.recipient_name
        return answering.answer(
            link=link,
            revision_sha256=revision.sha256,
            answers=chosen(revision, answers),
            signer_name=name,
            drawn=DrawnSignature(image=handwriting.draw(name), strokes=handwriting.strokes_of(name))
            if drawn
            else None,
            code=code,
            consent=True,
            signer_timezone=self.shop.timezone,
            by=holder(link),
            at=at,
        )

    def deliver(self, *, at: datetime, pictures: bool = False) -> None:
        """Deliver what is due with the PDFs that it waits for; draw previews with ``pictures``.

        So the mail log tells the story's own times. With a mail server set up this is left to
        the worker: it would really send. PDFs and previews that no mail waits for are left to
        it anyway: who starts the demo does not wait for them.
        """
        if settings.SMTP is None:
            moment = min(at + timedelta(seconds=40), self.now)
            if pictures:
                prepare_files(at=moment)
            _typeset_attachments(at=moment)
            delivery.drain(clock=lambda: moment, time_left=lambda: True)


def prepare_files(*, at: datetime) -> None:
    """Make the previews and the reports that wait for them, here and now."""
    intake.drain(clock=lambda: at, time_left=lambda: True)
    inspection_clockwork.make_reports(at=at)


def _typeset_attachments(*, at: datetime) -> None:
    waited_for = Document.objects.filter(
        status=DocumentStatus.QUEUED, emails__status=EmailStatus.QUEUED
    )
    for document in waited_for.order_by("created_at", "pk").distinct():
        typesetting.make_one(document.pk, clock=lambda: at)


def typeset_now(document: Document, *, at: datetime) -> None:
    """Make one PDF before the story goes on; a worker may be faster, which is as good."""
    typesetting.make_one(document.pk, clock=lambda: at)
    document.refresh_from_db()


def link_of(revision: EstimateRevision) -> AccessLink:
    """Return the link that was made for a revision, mailed or opened on the tablet."""
    return AccessLink.objects.for_shop(revision.shop).get(target_id=revision.pk)


def holder(link: AccessLink) -> Actor:
    """Return the customer as his phone presents him (an address reserved for documentation)."""
    return Actor(
        role=Role.CUSTOMER,
        name=link.recipient_name,
        ip_address="203.0.113.24",
        user_agent=_PHONE,
    )


def chosen(revision: EstimateRevision, answers: Mapping[str, Answer]) -> dict[UUID, Answer]:
    """Return an answer for every line that still needs one; what is not named is authorized."""
    return {
        line.pk: answers.get(line.description, Answer.AUTHORIZED)
        for line in writing.lines_to_answer(revision)
    }


def labour(
    description: str,
    hours: str,
    *,
    reason: str = "",
    kind: LineKind = LineKind.LABOUR,
    necessity: Necessity = Necessity.REQUIRED,
    contingent: bool = False,
    disclosure: str = "",
    finding: InspectionItem | None = None,
) -> LineInput:
    """Write a line of work, at the shop's rate."""
    return LineInput(
        kind=kind,
        description=description,
        quantity=Decimal(hours),
        unit_price=HOURLY_RATE,
        tax_rate=VAT,
        reason=reason,
        necessity=necessity,
        contingent=contingent,
        disclosure=disclosure,
        finding_id=finding.pk if finding else None,
    )


def part(
    description: str,
    price: str,
    *,
    quantity: str = "1",
    reason: str = "",
    condition: str = "new",
    necessity: Necessity = Necessity.REQUIRED,
    finding: InspectionItem | None = None,
) -> LineInput:
    """Write a line for a part."""
    return LineInput(
        kind=LineKind.PART,
        description=description,
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        tax_rate=VAT,
        reason=reason,
        part_condition=condition,
        necessity=necessity,
        finding_id=finding.pk if finding else None,
    )
