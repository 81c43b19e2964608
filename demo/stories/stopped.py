"""A repair that the customer stops half-way: recorded, chosen, billed, explained, promised."""

from datetime import time, timedelta
from decimal import Decimal

from demo import handwriting, till
from demo.stage import Stage, holder, labour, part
from estimates.states import LineKind
from invoices.services import choosing, offering, payments, promises, stopping, work
from invoices.states import (
    InvoiceKind,
    PartState,
    PaymentMethod,
    Safety,
    StopChannel,
    StopOption,
    WorkState,
)
from shopdisputes import dates
from shopdisputes.customers.services import CustomerDetails, VehicleDetails
from shopdisputes.signing.services import DrawnSignature

_TEARDOWN = (
    "Démontage 140,40 € ; remontage 93,60 € s'il n'y a pas de réparation ; joints détruits par le"
    " démontage : 38,40 € ; remontage en deux jours au plus."
)


def stopped_half_way(stage: Stage) -> None:
    """A gearbox taken apart; she stops the work, chooses on her phone, and promises to pay."""
    arrived = stage.ago(14, time(8, 10))
    order = till.agreed(
        stage,
        CustomerDetails(
            name="Marie Lefèvre",
            email="marie.lefevre@example.com",
            phone="06 55 44 33 22",
            language="fr",
            line1="31 rue de la République",
            postal_code="69002",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(
            make="Renault", model="Clio IV", plate="DY-528-JL", vin="VF15RBU0D50123456", year=2014
        ),
        [
            labour(
                "Démontage de la boîte de vitesses",
                "1.5",
                kind=LineKind.TEARDOWN,
                disclosure=_TEARDOWN,
            ),
            part("Jeu de joints", "32.00", reason="Détruits par le démontage."),
            labour("Remplacement des synchros", "4.0"),
            part("Kit de synchros", "236.00", reason="Commandé pour votre boîte."),
            labour("Remontage de la boîte", "1.0", kind=LineKind.REASSEMBLY),
        ],
        concern="La deuxième craque et saute.",
        odometer=118_640,
        at=arrived,
        deposit="150.00",
    )
    came = arrived + timedelta(hours=2)
    payments.record(
        customer=order.customer,
        amount=Decimal("150.00"),
        method=PaymentMethod.CARD,
        received_on=dates.local_day(came, zone=stage.shop.zone),
        repair_order=order,
        by=stage.advisor,
        at=came,
    )
    teardown, gaskets, labour_line, kit, _reassembly = (job.line for job in work.items_of(order))
    noted = stage.ago(12, time(15, 30))
    for line, facts in (
        (teardown, {"state": WorkState.DONE, "hours_spent": Decimal("1.7")}),
        (gaskets, {"state": WorkState.DONE, "part_state": PartState.DESTROYED}),
        (labour_line, {"state": WorkState.IN_PROGRESS, "done_quantity": Decimal("1.25")}),
        (kit, {"part_state": PartState.ORDERED}),
    ):
        work.note(repair_order=order, key=line.key, **facts, by=stage.technician, at=noted)
    stopped = stage.ago(11, time(17, 5))
    stop = stopping.record(
        repair_order=order,
        happened_at=stopped,
        reason="J'ai trouvé une voiture d'occasion, je ne veux plus mettre d'argent dans celle-ci.",
        channel=StopChannel.PHONE,
        person="Marie Lefèvre",
        car_state="Boîte déposée et ouverte sur l'établi, véhicule sur le pont.",
        safety=Safety.DISASSEMBLED,
        by=stage.advisor,
        at=stopped + timedelta(minutes=6),
    )
    returned = stage.ago(11, time(17, 30))
    offering.offer(
        stop=stop,
        by_email=True,
        note="Le fournisseur reprend le kit de synchros : il ne vous est pas compté.",
        by=stage.advisor,
        at=returned,
    )
    stage.deliver(at=returned)
    chosen = stage.ago(10, time(12, 20))
    stop.refresh_from_db()
    link = till.link_to(stage, stop.pk)
    choosing.choose(
        link=link,
        option=StopOption.REASSEMBLE,
        stop_sha256=stop.sha256,
        signer_name=link.recipient_name,
        drawn=DrawnSignature(
            image=handwriting.draw(link.recipient_name),
            strokes=handwriting.strokes_of(link.recipient_name),
        ),
        consent=True,
        signer_timezone=stage.shop.timezone,
        by=holder(link),
        at=chosen,
    )
    stage.deliver(at=chosen)
    invoice = till.billed(
        stage, order, at=stage.ago(10, time(18, 0)), kind=InvoiceKind.PARTIAL_REPAIR
    )
    said = stage.ago(2, time(11, 0))
    promises.make(
        invoice=invoice,
        amount=None,
        promised_on=dates.local_day(stage.now, zone=stage.shop.zone) + timedelta(days=5),
        note="Elle passe vendredi après le travail.",
        by=stage.advisor,
        at=said,
    )
    stage.deliver(at=said)
