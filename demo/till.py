"""What the stories about money need: work that was agreed, bills, money that comes in."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from demo.stage import Stage, chosen
from estimates.pricing import LineInput
from estimates.services import recording
from estimates.states import Answer, AuthorizationMode, LineKind
from invoices.models import Invoice, Payment
from invoices.services import drafting, issuing, leaving, payments, work
from invoices.states import CollectorAuthority, InvoiceKind, PartState, PaymentMethod, WorkState
from shopdisputes import dates
from shopdisputes.customers.models import Customer
from shopdisputes.customers.services import CustomerDetails, VehicleDetails
from shopdisputes.links.models import AccessLink
from shopdisputes.repairorders.models import RepairOrder


def agreed(
    stage: Stage,
    customer: CustomerDetails | Customer,
    vehicle: VehicleDetails,
    lines: Sequence[LineInput],
    *,
    concern: str,
    odometer: int,
    at: datetime,
    answers: Mapping[str, Answer] | None = None,
    deposit: str = "0.00",
) -> RepairOrder:
    """Let a customer bring a vehicle and say yes on the phone an hour later."""
    order = stage.visit(customer, vehicle, concern=concern, odometer=odometer, at=at)
    estimate = stage.draft(order, lines, at=at + timedelta(minutes=35), deposit=deposit)
    sent = at + timedelta(minutes=40)
    stage.send(estimate, at=sent)
    stage.deliver(at=sent)
    said = at + timedelta(hours=1)
    recording.record(
        revision=estimate,
        mode=AuthorizationMode.ORAL,
        person=order.customer.name,
        contact=order.customer.phone,
        said_at=said,
        reason=concern,
        answers=chosen(estimate, answers or {}),
        by=stage.advisor,
        at=said + timedelta(minutes=2),
    )
    stage.deliver(at=said + timedelta(minutes=2))
    return order


def done(stage: Stage, order: RepairOrder, *, at: datetime) -> None:
    """Let the technician note that every authorized line is done and every part fitted."""
    for job in work.items_of(order):
        line = job.line
        work.note(
            repair_order=order,
            key=line.key,
            state=WorkState.DONE,
            part_state=PartState.INSTALLED if line.kind == LineKind.PART else None,
            hours_spent=line.quantity if line.kind == LineKind.LABOUR else None,
            by=stage.technician,
            at=at,
        )


def billed(
    stage: Stage,
    order: RepairOrder,
    *,
    at: datetime,
    kind: InvoiceKind = InvoiceKind.FULL,
    due_in: int = 14,
    explanation: str = "",
) -> Invoice:
    """Draft what is to be billed, issue it and mail it."""
    day = dates.local_day(at, zone=stage.shop.zone)
    draft = drafting.draft(
        repair_order=order,
        kind=kind,
        due_on=day + timedelta(days=due_in),
        explanation=explanation,
        by=stage.advisor,
        at=at,
    )
    invoice = issuing.issue(invoice=draft, issued_on=day, by=stage.advisor, at=at)
    stage.deliver(at=at)
    return invoice


def repaired(
    stage: Stage,
    customer: CustomerDetails,
    vehicle: VehicleDetails,
    lines: Sequence[LineInput],
    *,
    concern: str,
    odometer: int,
    arrived: datetime,
    hours: int,
    billed_at: datetime,
    due_in: int = 14,
) -> Invoice:
    """Let a repair be agreed, done ``hours`` after the vehicle arrived, and billed whole."""
    order = agreed(stage, customer, vehicle, lines, concern=concern, odometer=odometer, at=arrived)
    done(stage, order, at=arrived + timedelta(hours=hours))
    return billed(stage, order, at=billed_at, due_in=due_in)


def paid(
    stage: Stage,
    invoice: Invoice,
    amount: str,
    *,
    at: datetime,
    method: PaymentMethod = PaymentMethod.BANK_TRANSFER,
    reference: str = "",
) -> Payment:
    """Let money for an invoice come in."""
    return payments.record(
        customer=invoice.customer,
        amount=Decimal(amount),
        method=method,
        received_on=dates.local_day(at, zone=stage.shop.zone),
        reference=reference,
        allocations=[(invoice, Decimal(amount))],
        by=stage.advisor,
        at=at,
    )


def released(stage: Stage, order: RepairOrder, *, at: datetime, why: str) -> None:
    """Let the vehicle go although not everything is paid: the manager allows it."""
    leaving.hand_over(
        repair_order=order,
        happened_at=at,
        odometer=order.odometer,
        collected_by=order.customer.name,
        authority=CollectorAuthority.KNOWN,
        identity_checked=False,
        approval_reason=why,
        by=stage.manager,
        at=at,
    )
    stage.deliver(at=at)


def link_to(stage: Stage, target_id: UUID) -> AccessLink:
    """Return the newest link that opens something."""
    found = AccessLink.objects.for_shop(stage.shop).filter(target_id=target_id)
    return found.order_by("-created_at")[0]


def camt(account: str, entries: Sequence[tuple[date, str, str, str, str]]) -> bytes:
    """Write a bank's statement (CAMT.053) of money that came in.

    An entry is the day, the amount in euro, the payer, the text, and the structured reference.
    """
    booked = "".join(
        f"""<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
        <Sts><Cd>BOOK</Cd></Sts>
        <BookgDt><Dt>{day.isoformat()}</Dt></BookgDt>
        <AcctSvcrRef>HSG{position:06d}{day:%Y%m%d}</AcctSvcrRef>
        <NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>{payer}</Nm></Pty></Dbtr></RltdPties>
        <RmtInf>{_remittance(text, reference)}</RmtInf></TxDtls></NtryDtls></Ntry>"""
        for position, (day, amount, payer, text, reference) in enumerate(entries, start=1)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
    <GrpHdr><MsgId>DEMO</MsgId></GrpHdr>
    <Stmt><Id>1</Id><Acct><Id><IBAN>{account}</IBAN></Id><Ccy>EUR</Ccy></Acct>{booked}</Stmt>
    </BkToCstmrStmt></Document>""".encode()


def _remittance(text: str, reference: str) -> str:
    if reference:
        return f"<Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd>"
    return f"<Ustrd>{text}</Ustrd>"
