"""Disputes: a price that a customer contests, and the resolver who is asked about it."""

from datetime import time, timedelta

from demo import till
from demo.stage import Stage, labour, part
from disputes import asking
from disputes.models import DisputeReason
from disputes.services import chasing, opening
from disputes.services.opening import Contested
from disputes.states import ReasonCode
from shopdisputes.customers.services import CustomerDetails, VehicleDetails

_CONTESTED = "Radiator, with coolant"


def contests_the_price(stage: Stage) -> None:
    """He rang up about one line: it left the reminders at once, and the technician is asked."""
    arrived = stage.ago(10, time(8, 20))
    order = till.agreed(
        stage,
        CustomerDetails(
            name="Samuel Ortega",
            email="samuel.ortega@example.com",
            phone="+33 6 70 81 92 03",
            language="en",
            line1="9 place Bellecour",
            postal_code="69002",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Seat", model="Leon", plate="FW-730-KS", year=2018),
        [labour("Replace the radiator", "2.2"), part(_CONTESTED, "248.00")],
        concern="Loses coolant.",
        odometer=102_660,
        at=arrived,
    )
    till.done(stage, order, at=arrived + timedelta(hours=6))
    invoice = till.billed(stage, order, at=stage.ago(9, time(16, 40)))
    till.released(stage, order, at=stage.ago(9, time(17, 0)), why="Pays by transfer.")
    rang = stage.ago(3, time(9, 50))
    case = opening.open_case(
        customer=order.customer,
        reason=DisputeReason.objects.for_shop(stage.shop).get(code=ReasonCode.PRICE_ERROR),
        comment="“You told me 190 for the radiator on the phone, and now it is 248.”",
        items=[Contested(invoice=invoice, line=invoice.lines.get(description=_CONTESTED))],
        resolver_name=stage.technician.name,
        resolver_email="technician@demo.example",
        by=stage.advisor,
        at=rang,
    )
    letter = asking.proposed(case)
    chasing.tell_resolver(
        case=case,
        subject=letter.subject,
        body=letter.body,
        by=stage.advisor,
        at=rang + timedelta(minutes=4),
    )
    stage.deliver(at=rang + timedelta(minutes=5))
