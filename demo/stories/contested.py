"""Disputes: a price that a customer contests, and the resolver who is asked about it."""

from datetime import time, timedelta

from demo import objecting, till
from demo.stage import Stage, labour, part
from disputes import asking
from disputes.services import chasing
from shopdisputes.customers.services import CustomerDetails, VehicleDetails

_CONTESTED = "Radiator, with coolant"


def contests_the_price(stage: Stage) -> None:
    """He rang up about one line: it left the reminders at once, and the technician is asked."""
    invoice = till.repaired(
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
        arrived=stage.ago(10, time(8, 20)),
        hours=6,
        billed_at=stage.ago(9, time(16, 40)),
    )
    till.released(
        stage, invoice.repair_order, at=stage.ago(9, time(17, 0)), why="Pays by transfer."
    )
    rang = stage.ago(3, time(9, 50))
    case = objecting.price_contested(
        stage,
        invoice,
        _CONTESTED,
        words="“You told me 190 for the radiator on the phone, and now it is 248.”",
        resolver_name=stage.technician.name,
        resolver_email="technician@demo.example",
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
