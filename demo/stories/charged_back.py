"""Chargebacks: one that the bank decided for the shop, one that was lost, one that waits."""

from datetime import datetime, time, timedelta

from demo import till
from demo.stage import Stage, labour, part
from disputes.models import Chargeback
from disputes.services import bank_answers, charging_back, following_up, resolving
from disputes.states import BankOutcome, ChargebackKind, ClosingCode
from estimates.pricing import LineInput
from invoices.models import Payment
from invoices.services import leaving
from invoices.states import CollectorAuthority, PaymentMethod
from shopdisputes import dates
from shopdisputes.customers.services import CustomerDetails, VehicleDetails


def bank_decides_for_the_shop(stage: Stage) -> None:
    """He told his bank that he had never agreed; the shop handed in what he had said."""
    payment = _paid_by_card(
        stage,
        CustomerDetails(
            name="Julien Mercier",
            email="julien.mercier@example.com",
            phone="+33 6 14 83 27 95",
            language="fr",
            line1="21 rue de Créqui",
            postal_code="69006",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Peugeot", model="3008", plate="FB-106-TX", year=2018),
        [labour("Remplacement de la pompe à eau", "2.4"), part("Pompe à eau", "96.00")],
        concern="Fuite de liquide de refroidissement.",
        odometer=96_340,
        days_ago=50,
    )
    chargeback = _asked(
        stage, payment, "10.4 Other fraud, card absent", "74537605239100021", days_ago=40
    )
    _hand_in(stage, chargeback, days_ago=36)
    decided = stage.ago(14, time(11, 20))
    bank_answers.close(
        chargeback=chargeback,
        outcome=BankOutcome.WON,
        note="The bank's letter of the day before.",
        by=stage.advisor,
        at=decided,
    )
    _resolve(
        stage,
        chargeback,
        ClosingCode.SHOP_RIGHT,
        "Votre banque a confirmé que vous aviez accepté ces travaux. La facture reste payée.",
        at=decided + timedelta(minutes=10),
    )


def bank_decides_for_the_customer(stage: Stage) -> None:
    """The papers came too late: the money is gone, and it is still to be decided what follows."""
    payment = _paid_by_card(
        stage,
        CustomerDetails(
            name="Oksana Bondarenko",
            email="oksana.bondarenko@example.com",
            phone="+33 6 51 30 74 18",
            language="ru",
            line1="40 cours Gambetta",
            postal_code="69007",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Opel", model="Corsa", plate="DX-877-GH", year=2015),
        [labour("Замена сцепления", "4.2"), part("Комплект сцепления", "182.00")],
        concern="Сцепление пробуксовывает.",
        odometer=152_700,
        days_ago=45,
    )
    chargeback = _asked(stage, payment, "13.3 Not as described", "74537605244100388", days_ago=34)
    bank_answers.close(
        chargeback=chargeback,
        outcome=BankOutcome.LOST,
        note="Handed in a day late.",
        by=stage.advisor,
        at=stage.ago(8, time(10, 5)),
    )
    assert chargeback.case is not None, "an invoice was paid with it"
    follow_up = following_up.next_of(chargeback.case)
    assert follow_up is not None, "a running case has one"
    following_up.change(
        follow_up=follow_up,
        due_on=dates.local_day(stage.now, zone=stage.shop.zone) + timedelta(days=2),
        note="Decide with the owner: write it off, or ask for it again.",
        by=stage.advisor,
        at=stage.ago(8, time(10, 15)),
    )


def bank_waits_for_evidence(stage: Stage) -> None:
    """The bank took the money a few days ago; three days are left to hand in the evidence."""
    payment = _paid_by_card(
        stage,
        CustomerDetails(
            name="Marlène Aubry",
            email="marlene.aubry@example.com",
            phone="+33 6 23 95 41 60",
            language="fr",
            line1="8 rue Sala",
            postal_code="69002",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Renault", model="Captur", plate="GF-352-ZE", year=2021),
        [
            labour("Réparation de la climatisation", "1.9"),
            part("Condenseur de climatisation", "178.50"),
        ],
        concern="La climatisation ne refroidit plus.",
        odometer=58_210,
        days_ago=11,
    )
    chargeback = _asked(
        stage,
        payment,
        "13.1 Merchandise or services not received",
        "74537605281100917",
        days_ago=4,
        due_in=3,
    )
    told = stage.ago(1, time(15, 20))
    bank_answers.note_withdrawn(
        chargeback=chargeback,
        on=dates.local_day(told, zone=stage.shop.zone),
        by=stage.advisor,
        at=told,
    )


def _paid_by_card(
    stage: Stage,
    customer: CustomerDetails,
    vehicle: VehicleDetails,
    lines: list[LineInput],
    *,
    concern: str,
    odometer: int,
    days_ago: int,
) -> Payment:
    """Let a repair be done, billed, and paid by card when the vehicle is fetched."""
    invoice = till.repaired(
        stage,
        customer,
        vehicle,
        lines,
        concern=concern,
        odometer=odometer,
        arrived=stage.ago(days_ago, time(8, 25)),
        hours=6,
        billed_at=stage.ago(days_ago, time(17, 5)),
    )
    fetched = stage.ago(days_ago, time(17, 20))
    payment = till.paid(
        stage, invoice, f"{invoice.total:.2f}", at=fetched, method=PaymentMethod.CARD
    )
    leaving.hand_over(
        repair_order=invoice.repair_order,
        happened_at=fetched,
        odometer=odometer,
        collected_by=invoice.customer.name,
        authority=CollectorAuthority.CUSTOMER,
        identity_checked=True,
        by=stage.advisor,
        at=fetched,
    )
    stage.deliver(at=fetched)
    return payment


def _asked(
    stage: Stage,
    payment: Payment,
    network_reason: str,
    reference: str,
    *,
    days_ago: int,
    due_in: int | None = None,
) -> Chargeback:
    """Let the bank take the money; the evidence is due in ``due_in`` days, or two weeks later."""
    came = stage.ago(days_ago, time(9, 40))
    return charging_back.record(
        payment=payment,
        kind=ChargebackKind.CHARGEBACK,
        amount=payment.amount,
        reference=reference,
        network_reason=network_reason,
        evidence_due_by=_due(stage, came, due_in),
        funds_withdrawn=True,
        owner=stage.clerk,
        by=stage.advisor,
        at=came,
    )


def _due(stage: Stage, came: datetime, due_in: int | None) -> datetime:
    day = dates.local_day(came, zone=stage.shop.zone) + timedelta(days=14)
    if due_in is not None:
        day = dates.local_day(stage.now, zone=stage.shop.zone) + timedelta(days=due_in)
    return dates.at_local_time(day, time(18, 0), zone=stage.shop.zone)


def _hand_in(stage: Stage, chargeback: Chargeback, *, days_ago: int) -> None:
    bank_answers.submit(
        chargeback=chargeback,
        note="By upload: the estimate, his yes on the phone, the invoice, the hand-over record.",
        by=stage.advisor,
        at=stage.ago(days_ago, time(16, 15)),
    )


def _resolve(
    stage: Stage, chargeback: Chargeback, code: ClosingCode, note: str, *, at: datetime
) -> None:
    assert chargeback.case is not None, "an invoice was paid with it"
    resolving.resolve(case=chargeback.case, closing_code=code, note=note, by=stage.advisor, at=at)
    stage.deliver(at=at)
