"""Money about which somebody has to decide: claims, a plan, a blocked draft, a bank's file."""

from datetime import time, timedelta
from decimal import Decimal

from demo import till
from demo.stage import Stage, holder, labour, part
from demo.stories.billed import BAKER, IBAN
from estimates.states import LineKind
from invoices.models import Invoice
from invoices.services import (
    banking,
    claims,
    drafting,
    payments,
    plans,
    work,
)
from invoices.states import (
    ClaimKind,
    PaymentMethod,
    WorkState,
)
from shopdisputes import dates
from shopdisputes.customers.services import CustomerDetails, VehicleDetails
from shopdisputes.web import calling_off


def something_is_wrong(stage: Stage) -> None:
    """He does not find what he was told: he says so on the invoice's page, and it is held."""
    arrived = stage.ago(7, time(8, 20))
    order = till.agreed(
        stage,
        CustomerDetails(
            name="Jonas Weber",
            email="jonas.weber@example.com",
            phone="+33 6 09 08 07 06",
            language="en",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Volkswagen", model="Touran", plate="ES-410-YF", year=2018),
        [
            labour("Find cause of water in the footwell", "1.5", kind=LineKind.DIAGNOSIS),
            labour("Clear drain of the sunroof, dry the carpet", "1.8"),
        ],
        concern="Wet carpet on the driver's side after rain.",
        odometer=98_770,
        at=arrived,
    )
    till.done(stage, order, at=stage.ago(6, time(11, 0)))
    invoice = till.billed(stage, order, at=stage.ago(6, time(15, 0)))
    said = stage.ago(1, time(21, 15))
    link = till.link_to(stage, invoice.pk)
    claims.make(
        link=link,
        kind=ClaimKind.SOMETHING_WRONG,
        text="It rained on Thursday and the carpet is wet again. I want to talk before I pay.",
        by=holder(link),
        at=said,
    )
    stage.deliver(at=said)


def plan_waits(stage: Stage) -> None:
    """A plan was offered; the customer has not signed it yet: open its link from the mail."""
    arrived = stage.ago(5, time(9, 40))
    order = till.agreed(
        stage,
        CustomerDetails(
            name="Виктор Лебедев",
            email="viktor.lebedev@example.com",
            phone="+33 6 15 25 35 45",
            language="ru",
            city="Villeurbanne",
            country="FR",
        ),
        VehicleDetails(make="Nissan", model="Qashqai", plate="FC-908-ZE", year=2015),
        [
            labour("Замена турбокомпрессора", "4.5"),
            part("Турбокомпрессор", "489.00", condition="rebuilt"),
        ],
        concern="Потеря мощности, свист при разгоне.",
        odometer=151_300,
        at=arrived,
    )
    till.done(stage, order, at=stage.ago(4, time(12, 0)))
    invoice = till.billed(stage, order, at=stage.ago(4, time(17, 20)))
    offered = stage.ago(1, time(10, 0))
    first = dates.local_day(stage.now, zone=stage.shop.zone) + timedelta(days=3)
    down = Decimal("250.00")
    half = ((invoice.balance - down) / 2).quantize(Decimal("0.01"))
    plans.offer(
        invoice=invoice,
        instalments=[
            (first, down),
            (first + timedelta(days=30), half),
            (first + timedelta(days=61), invoice.balance - down - half),
        ],
        by=stage.advisor,
        at=offered,
    )
    stage.deliver(at=offered)


def called_off(stage: Stage) -> None:
    """A deposit was paid, then she changed her mind: all of it was given back."""
    arrived = stage.ago(3, time(10, 30))
    order = till.agreed(
        stage,
        CustomerDetails(
            name="Noémie Laurent",
            email="noemie.laurent@example.com",
            phone="06 33 44 55 66",
            language="fr",
            city="Oullins",
            country="FR",
        ),
        VehicleDetails(make="Opel", model="Corsa", plate="EC-226-SM", year=2015),
        [labour("Remplacement de l'embrayage", "4.2"), part("Kit d'embrayage", "214.00")],
        concern="L'embrayage patine.",
        odometer=139_600,
        at=arrived,
        deposit="150.00",
    )
    came = stage.ago(3, time(14, 0))
    payments.record(
        customer=order.customer,
        amount=Decimal("150.00"),
        method=PaymentMethod.CARD,
        received_on=dates.local_day(came, zone=stage.shop.zone),
        repair_order=order,
        by=stage.advisor,
        at=came,
    )
    stage.deliver(at=came)
    over = stage.ago(2, time(9, 0))
    calling_off.cancel(
        repair_order=order,
        reason="La cliente vend la voiture en l'état.",
        by=stage.advisor,
        at=over,
    )
    stage.deliver(at=over)


def blocked_draft(stage: Stage) -> None:
    """More was done than was authorized: the draft says what blocks it, and who may decide."""
    arrived = stage.ago(1, time(8, 30))
    order = till.agreed(
        stage,
        CustomerDetails(
            name="Isabelle Chevalier",
            email="isabelle.chevalier@example.com",
            phone="06 87 76 65 54",
            language="fr",
            city="Caluire-et-Cuire",
            country="FR",
        ),
        VehicleDetails(make="Ford", model="Fiesta", plate="FT-591-CA", year=2017),
        [labour("Remplacement de la pompe à eau", "2.4"), part("Pompe à eau", "88.00")],
        concern="Perte de liquide de refroidissement.",
        odometer=76_910,
        at=arrived,
    )
    replacement = work.items_of(order)[0].line
    work.note(
        repair_order=order,
        key=replacement.key,
        state=WorkState.IN_PROGRESS,
        hours_spent=Decimal("1.5"),
        by=stage.technician,
        at=stage.ago(0, time(9, 0)),
    )
    drafting.draft(
        repair_order=order,
        kind="full",
        due_on=dates.local_day(stage.now, zone=stage.shop.zone) + timedelta(days=14),
        by=stage.advisor,
        at=stage.ago(0, time(9, 30)),
    )


def bank_statement(stage: Stage) -> None:
    """The bank's file of this morning: one line is certain, one likely, two need a look."""
    at = stage.ago(0, time(8, 45))
    yesterday = dates.local_day(stage.ago(1, time(12, 0)), zone=stage.shop.zone)
    lucie = _bill_of(stage, "Lucie Bernard")
    baker = _bill_of(stage, BAKER)
    emma = _bill_of(stage, "Emma Fischer")
    banking.take(
        shop=stage.shop,
        filename="releve.xml",
        content=till.camt(
            IBAN,
            [
                (yesterday, str(lucie.balance), "BERNARD LUCIE", "", lucie.reference),
                (yesterday, str(baker.balance), "BOULANGERIE DUVAL", baker.number, ""),
                (yesterday, str(emma.balance), "E FISCHER", "car", ""),
                (yesterday, "35.00", "M ET MME ROUX", "VIREMENT", ""),
            ],
        ),
        mapping=None,
        by=stage.advisor,
        at=at,
    )


def _bill_of(stage: Stage, name: str) -> Invoice:
    bills = Invoice.objects.for_shop(stage.shop).open_items().filter(customer__name=name)
    return bills.order_by("due_on")[0]
