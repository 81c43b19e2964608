"""Comebacks: work that is done again for nothing, and a refusal that the customer thinks over."""

from datetime import time

from demo import till
from demo.stage import Stage, holder, labour, part
from disputes.models import ReworkRequest
from disputes.services import asking_rework, deciding_rework, reworking
from disputes.states import RefusalReason
from estimates.pricing import LineInput
from invoices.models import Invoice
from shopdisputes.customers.services import CustomerDetails, VehicleDetails
from shopdisputes.dates import local_day


def done_again(stage: Stage) -> None:
    """The brakes squeal again a week later: the shop takes the car back, and works on it now."""
    invoice = _billed(
        stage,
        CustomerDetails(
            name="Ingrid Solberg",
            email="ingrid.solberg@example.com",
            phone="+33 6 45 12 87 30",
            language="en",
            line1="14 quai Saint-Antoine",
            postal_code="69002",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Volvo", model="V60", plate="GD-284-LN", year=2019),
        [
            labour("Replace front brake pads", "1.2"),
            part("Front brake pad set, ceramic", "86.40"),
        ],
        concern="Brakes squeal when cold.",
        odometer=88_120,
        days_ago=12,
    )
    rework = _asked(
        stage,
        invoice,
        "They squeal again since Monday, worse than before.",
        days_ago=4,
        at=time(18, 40),
    )
    said_yes = stage.ago(3, time(9, 15))
    deciding_rework.accept(
        rework=rework,
        appointment_on=local_day(stage.now, zone=stage.shop.zone),
        note="Any time from eight o'clock on; it takes about an hour.",
        by=stage.advisor,
        at=said_yes,
    )
    stage.deliver(at=said_yes)
    reworking.begin(rework=rework, by=stage.advisor, at=stage.ago(0, time(8, 20)))


def refused_comeback(stage: Stage) -> None:
    """He wants it done again; another part has failed. His seven days to answer run."""
    invoice = _billed(
        stage,
        CustomerDetails(
            name="Baptiste Fournier",
            email="baptiste.fournier@example.com",
            phone="+33 6 82 41 05 67",
            language="fr",
            line1="3 rue de la Charité",
            postal_code="69002",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Citroën", model="C4", plate="EZ-519-QB", year=2017),
        [
            labour("Remplacement de l'alternateur", "1.8"),
            part("Alternateur, échange standard", "214.00"),
        ],
        concern="Le voyant de batterie reste allumé.",
        odometer=141_900,
        days_ago=16,
    )
    rework = _asked(
        stage,
        invoice,
        "Le voyant s'est rallumé ce week-end, l'alternateur ne charge pas.",
        days_ago=5,
        at=time(10, 5),
    )
    said_no = stage.ago(3, time(16, 30))
    deciding_rework.refuse(
        rework=rework,
        reason=RefusalReason.NEW_FAULT,
        explanation=(
            "L'alternateur charge à 14,3 V. C'est la batterie de 2017 qui ne tient plus la charge."
            " Nous pouvons la remplacer pour 118,00 €."
        ),
        by=stage.advisor,
        at=said_no,
    )
    stage.deliver(at=said_no)


def _billed(
    stage: Stage,
    customer: CustomerDetails,
    vehicle: VehicleDetails,
    lines: list[LineInput],
    *,
    concern: str,
    odometer: int,
    days_ago: int,
) -> Invoice:
    invoice = till.repaired(
        stage,
        customer,
        vehicle,
        lines,
        concern=concern,
        odometer=odometer,
        arrived=stage.ago(days_ago, time(8, 15)),
        hours=6,
        billed_at=stage.ago(days_ago, time(17, 10)),
        due_in=30,
    )
    left = stage.ago(days_ago, time(17, 30))
    till.released(stage, invoice.repair_order, at=left, why="Pays by transfer.")
    return invoice


def _asked(stage: Stage, invoice: Invoice, words: str, *, days_ago: int, at: time) -> ReworkRequest:
    """Let the customer ask on the page of the invoice."""
    moment = stage.ago(days_ago, at)
    link = till.link_to(stage, invoice.pk)
    rework = asking_rework.ask(
        invoice=invoice,
        lines=list(invoice.lines.in_order()),
        description=words,
        link=link,
        by=holder(link),
        at=moment,
    )
    stage.deliver(at=moment)
    return rework
