"""A shop with one of everything, in two copies that must never meet.

Whatever belongs to a world has its ``mark`` in a name, an address or a text, so that an answer
can be searched for what must not be in it.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection
from django.test import Client

from disputes.models import (
    CaseFile,
    Chargeback,
    DisputeCase,
    FollowUp,
    Offer,
    ResolverAnswer,
    ReworkFile,
    ReworkRequest,
)
from dunning.models import Fee, Reminder
from dunning.states import Channel
from estimates.models import Estimate, JobTemplate
from inspections.models import Checklist, Inspection, InspectionItem, ItemMedia, RemarkFile
from invoices.models import (
    BankTransaction,
    Claim,
    Hold,
    Invoice,
    Payment,
    PaymentPlan,
    Promise,
    StopWork,
    StorageNotice,
    StorageSuspension,
)
from shopdisputes.accounts.models import ApiToken, SavedView
from shopdisputes.actors import STAFF, Role
from shopdisputes.customers.models import Customer, Vehicle
from shopdisputes.dates import local_day
from shopdisputes.documents.models import Document
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Membership, Shop, ShopOwned
from shopdisputes.uploads.models import StoredFile
from tests.factories import (
    BRAKES,
    NOW,
    SEEN,
    AccessLinkFactory,
    ApiTokenFactory,
    BankTransactionFactory,
    CaseFileFactory,
    ChargebackFactory,
    ChecklistFactory,
    ClaimFactory,
    CustomerFactory,
    DisputeCaseFactory,
    DocumentFactory,
    DunningPositionFactory,
    EstimateFactory,
    FeeFactory,
    FollowUpFactory,
    HoldFactory,
    InspectionFactory,
    InspectionItemFactory,
    InvoiceFactory,
    JobTemplateFactory,
    JobTemplateLineFactory,
    OfferFactory,
    OutgoingEmailFactory,
    PaymentFactory,
    PaymentPlanFactory,
    PromiseFactory,
    RemarkFileFactory,
    ReminderFactory,
    RepairOrderFactory,
    ResolverAnswerFactory,
    ReworkFileFactory,
    ReworkRequestFactory,
    SavedViewFactory,
    ShopFactory,
    StopWorkFactory,
    StorageNoticeFactory,
    StorageSuspensionFactory,
    StoredFileFactory,
    VehicleFactory,
    staff,
)

#: Tables in which reading may leave a trace: counters of the rate limits.
_TRACES = frozenset({"shared_cache"})


@dataclass(frozen=True)
class World:
    """One shop and what is in it."""

    mark: str
    shop: Shop
    team: dict[Role, Membership]
    browsers: dict[Role, Client]
    keys: dict[Role, str]
    tokens: dict[Role, ApiToken]
    saved_views: dict[Role, SavedView]
    customer: Customer
    vehicle: Vehicle
    order: RepairOrder
    draft: Estimate
    sent: Estimate
    answered: Estimate
    link: AccessLink
    doubtful_email: OutgoingEmail
    failed_email: OutgoingEmail
    document: Document
    file: StoredFile
    job: JobTemplate
    checklist: Checklist
    running: Inspection
    running_item: InspectionItem
    extra_item: InspectionItem
    running_media: ItemMedia
    completed: Inspection
    shared: Inspection
    shared_media: ItemMedia
    acknowledged: Inspection
    inspection_link: AccessLink
    remark_file: RemarkFile
    payment: Payment
    bill_draft: Invoice
    bill: Invoice
    bill_note: Invoice
    bill_link: AccessLink
    hold: Hold
    promise: Promise
    claim: Claim
    plan: PaymentPlan
    plan_link: AccessLink
    stop: StopWork
    stop_link: AccessLink
    notice: StorageNotice
    suspension: StorageSuspension
    bank_line: BankTransaction
    reminder: Reminder
    doubtful_reminder: Reminder
    sent_reminder: Reminder
    letter: Reminder
    call: Reminder
    fee: Fee
    case: DisputeCase
    chargeback: Chargeback
    case_link: AccessLink
    resolver_link: AccessLink
    case_file: CaseFile
    follow_up: FollowUp
    resolver_answer: ResolverAnswer
    offer: Offer
    rework: ReworkRequest
    rework_link: AccessLink
    rework_file: ReworkFile

    def is_in(self, text: str) -> bool:
        """Say whether anything of this world stands in a text."""
        return self.mark in text.lower()


def make_world(mark: str) -> World:
    """Fill a shop."""
    shop = ShopFactory(name=f"Garage {mark}", slug=mark, city=mark, phone="+33478000000")
    team = {role: staff(shop, role, name=f"{role} {mark}") for role in STAFF}
    keys = {role: f"sd_{mark}_{role}" for role in STAFF}
    today = local_day(NOW, zone=shop.zone)
    tokens = {
        role: ApiTokenFactory(
            shop=shop, user=team[role].user, key=keys[role], label=mark, last_used_on=today
        )
        for role in STAFF
    }
    customer = CustomerFactory(shop=shop, name=f"Camille {mark}", email=f"camille@{mark}.example")
    vehicle = VehicleFactory(customer=customer, model=f"Clio {mark}")
    order = RepairOrderFactory(
        vehicle=vehicle, number=f"RO-{mark}-1", concern=f"It squeals, says {mark}."
    )
    lines = [line | {"description": f"{line['description']} ({mark})"} for line in BRAKES]

    def estimate(number: int, **life: Any) -> Estimate:
        return EstimateFactory(
            repair_order=order, lines=lines, number=f"EST-{mark}-{number}", **life
        )

    job = JobTemplateFactory(shop=shop, name=f"Oil change {mark}")
    JobTemplateLineFactory(template=job)
    checklist = ChecklistFactory(shop=shop, name={"en": f"Round the car {mark}"})

    def inspection(number: int, **life: Any) -> Inspection:
        return InspectionFactory(
            repair_order=order,
            checklist=checklist,
            number=f"INS-{mark}-{number}",
            note=f"Looked at by {mark}.",
            seen={"bumper_front": SEEN["bumper_front"] | {"note": f"Scratch, says {mark}."}},
            **life,
        )

    running, shared = inspection(1, looked=True), inspection(3, shared=True, drawn=True)
    running_media = ItemMedia.objects.get(item__inspection=running)
    shared_media = ItemMedia.objects.get(item__inspection=shared)
    inspection_link = AccessLink.objects.get(target_id=shared.pk)
    lines[0]["finding_id"] = shared_media.item_id
    sent = estimate(2, sent=True)

    def bill(number: int | None, about: Any = None, **life: Any) -> Invoice:
        cited = {"estimate_line": about} if about else {}
        return InvoiceFactory(
            repair_order=order,
            number=f"INV-{mark}-{number}" if number else "",
            issued=number is not None,
            lines=[{"description": f"Brakes of {mark}"} | cited],
            explanation=f"For {mark}.",
            **life,
        )

    def link_to(target: Any, purpose: LinkPurpose) -> AccessLink:
        return AccessLinkFactory(
            shop=shop,
            purpose=purpose,
            target_id=target.pk,
            recipient=customer.email,
            recipient_name=customer.name,
        )

    def reminder(number: int, **life: Any) -> Reminder:
        invoice = bill(number)
        DunningPositionFactory(invoice=invoice)
        made: Reminder = ReminderFactory(invoice=invoice, detail=f"For {mark}.", **life)
        return made

    paper = {"shop": shop, "ready": True, "title": f"Paper of {mark}", "filename": f"{mark}.pdf"}
    issued = bill(1, document=DocumentFactory(**paper))
    DunningPositionFactory(invoice=issued)
    notice = StorageNoticeFactory(repair_order=order, message=f"Come, {mark}.")
    plan = PaymentPlanFactory(invoice=bill(2), note=f"For {mark}.")
    stop = StopWorkFactory(
        repair_order=RepairOrderFactory(vehicle=vehicle, number=f"RO-{mark}-2"),
        reason=f"Too expensive, says {mark}.",
        document=DocumentFactory(**paper),
        signed_document=DocumentFactory(**paper),
    )
    case = DisputeCaseFactory(
        invoice=bill(21, about=sent.revisions.get().lines.get(finding=shared_media.item_id)),
        number=f"D-{mark}-1",
        comment=f"Too dear, says {mark}.",
        reason__names={"en": f"A reason of {mark}"},
        resolver_name=f"Theo {mark}",
    )
    rework = ReworkRequestFactory(
        invoice=bill(22), number=f"RW-{mark}-1", description=f"It squeals again, says {mark}."
    )
    return World(
        mark=mark,
        shop=shop,
        team=team,
        browsers={role: _logged_in(membership) for role, membership in team.items()},
        keys=keys,
        tokens=tokens,
        saved_views={
            role: SavedViewFactory(shop=shop, user=team[role].user, name=f"Unpaid, {mark}")
            for role in STAFF
        },
        customer=customer,
        vehicle=vehicle,
        order=order,
        draft=estimate(1),
        sent=sent,
        answered=estimate(3, answered=("authorized", "deferred")),
        link=AccessLink.objects.get(target_id=sent.revisions.get().pk),
        doubtful_email=OutgoingEmailFactory(
            shop=shop, customer=customer, in_doubt=True, subject=f"For {mark}", text=mark, html=mark
        ),
        failed_email=OutgoingEmailFactory(
            shop=shop, customer=customer, failed=True, subject=f"For {mark}", text=mark, html=mark
        ),
        document=DocumentFactory(
            shop=shop, ready=True, title=f"Paper of {mark}", filename=f"{mark}.pdf"
        ),
        file=StoredFileFactory(shop=shop, name=f"{mark}.png"),
        job=job,
        checklist=checklist,
        running=running,
        running_item=running_media.item,
        extra_item=InspectionItemFactory(
            inspection=running, name={"en": f"Roof box {mark}"}, result="ok"
        ),
        running_media=running_media,
        completed=inspection(2, completed=True),
        shared=shared,
        shared_media=shared_media,
        acknowledged=inspection(4, answered=True),
        inspection_link=inspection_link,
        remark_file=RemarkFileFactory(inspection=shared, link=inspection_link),
        bank_line=BankTransactionFactory(
            shop=shop,
            payer=f"Camille {mark}",
            text=f"For {mark}",
            statement__filename=f"{mark}.xml",
        ),
        bill_draft=bill(None),
        bill=issued,
        bill_note=InvoiceFactory(
            credit_note=True,
            original=issued,
            total=Decimal("1.00"),
            explanation=f"Billed twice, says {mark}.",
            document=DocumentFactory(
                shop=shop, ready=True, title=f"Note of {mark}", filename=f"{mark}-note.pdf"
            ),
        ),
        bill_link=link_to(issued, LinkPurpose.INVOICE),
        hold=HoldFactory(invoice=issued, reason=f"Held for {mark}."),
        promise=PromiseFactory(invoice=issued, note=f"Friday, says {mark}."),
        claim=ClaimFactory(invoice=issued, text=f"Paid, says {mark}."),
        plan=plan,
        plan_link=link_to(plan, LinkPurpose.PLAN),
        stop=stop,
        stop_link=link_to(stop, LinkPurpose.STOP),
        reminder=reminder(11, awaiting=True),
        doubtful_reminder=reminder(12, in_doubt=True, email__key="doubt"),
        sent_reminder=reminder(13, sent=True, email__key="sent"),
        letter=reminder(14, channel=Channel.LETTER),
        call=reminder(15, channel=Channel.CALL),
        fee=FeeFactory(
            reminder=reminder(16, sent=True, email__key="charged"), reason=f"Late, says {mark}."
        ),
        notice=notice,
        suspension=StorageSuspensionFactory(notice=notice, note=f"Waiting for {mark}."),
        case=case,
        chargeback=ChargebackFactory(
            payment=PaymentFactory(on=bill(23), amount=Decimal("1.00")),
            case=case,
            number=f"CB-{mark}-1",
            reference=f"ARN of {mark}",
            note=f"Ask {mark}.",
        ),
        case_link=link_to(case, LinkPurpose.DISPUTE),
        resolver_link=link_to(case, LinkPurpose.RESOLVER),
        case_file=CaseFileFactory(case=case, sent_as=f"{mark}.png", file__ready=True),
        follow_up=FollowUpFactory(case=case, note=f"Call {mark}."),
        resolver_answer=ResolverAnswerFactory(case=case, text=f"It was so, says {mark}."),
        # Positions are told by their case: another one's must be another one.
        offer=OfferFactory(
            case=case,
            position=ord(mark[0]),
            text=f"For {mark}.",
            document=DocumentFactory(**paper),
        ),
        rework=rework,
        rework_link=link_to(rework, LinkPurpose.REWORK),
        rework_file=ReworkFileFactory(rework=rework, sent_as=f"{mark}.png", file__ready=True),
        payment=PaymentFactory(
            on=bill(3),
            number=f"PAY-{mark}-1",
            reference=f"Slip of {mark}",
            receipt=DocumentFactory(
                shop=shop, ready=True, title=f"Receipt of {mark}", filename=f"{mark}-receipt.pdf"
            ),
        ),
    )


def _logged_in(membership: Membership) -> Client:
    browser = Client()
    browser.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def token(link: AccessLink) -> dict[str, str]:
    """The arguments of a page behind a link."""
    return {"token": token_of(link)}


def written() -> int:
    """Return how many rows the transaction has written so far.

    What was written and taken back counts as well: whoever wants to know whether something wrote
    asks before and after it. The database counts them itself, whoever sent the statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, [list(_TRACES)])
        return int(cursor.fetchone()[0])


_WRITTEN = """
    SELECT sum(
        pg_stat_get_xact_tuples_inserted(oid)
        + pg_stat_get_xact_tuples_updated(oid)
        + pg_stat_get_xact_tuples_deleted(oid)
    )
    FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)
"""


def _owned() -> list[type[ShopOwned]]:
    return [model for model in apps.get_models() if issubclass(model, ShopOwned)]


def crossings() -> list[str]:
    """Return where a row of one shop hangs on a row of another."""
    found = []
    with connection.cursor() as cursor:
        for model in _owned():
            for field in model._meta.concrete_fields:
                if field.is_relation and field.related_model in _owned():
                    cursor.execute(
                        f'SELECT count(*) FROM "{model._meta.db_table}" mine'
                        f' JOIN "{field.related_model._meta.db_table}" theirs'
                        f' ON mine."{field.column}" = theirs.id AND mine.shop_id <> theirs.shop_id'
                    )
                    if cursor.fetchone()[0]:
                        found.append(f"{model.__name__}.{field.name}")
    return found
