"""Bills: paid at the counter, late, in instalments, contested, in the yard."""

from datetime import time, timedelta
from decimal import Decimal

from django.core.files.base import ContentFile

from demo import handwriting, pictures, till
from demo.stage import Stage, holder, labour, part
from invoices.services import (
    claims,
    crediting,
    leaving,
    plans,
    storage,
)
from invoices.states import (
    ClaimKind,
    CollectorAuthority,
    PaymentMethod,
)
from shopdisputes import dates
from shopdisputes.customers.models import Customer
from shopdisputes.customers.services import CustomerDetails, VehicleDetails
from shopdisputes.signing.services import DrawnSignature

#: The example account of the French banks' own documentation.
IBAN = "FR7630006000011234567890189"
BAKER = "Boulangerie Duval"


def late_payer(stage: Stage) -> None:
    """A bakery's van, billed eight weeks ago and still not paid."""
    arrived = stage.ago(57, time(7, 30))
    order = till.agreed(
        stage,
        CustomerDetails(
            name=BAKER,
            kind="business",
            email="compta@boulangerie-duval.example",
            phone="04 78 30 11 09",
            language="fr",
            line1="112 cours Gambetta",
            postal_code="69007",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Renault", model="Kangoo", plate="EV-204-RD", year=2019),
        [
            labour("Vidange et remplacement des filtres", "1.2"),
            part("Huile 5W-30, 5 litres", "54.00"),
            part("Filtres à huile, à air et d'habitacle", "61.50"),
        ],
        concern="Révision avant l'hiver.",
        odometer=128_430,
        at=arrived,
    )
    till.done(stage, order, at=arrived + timedelta(hours=5))
    till.billed(stage, order, at=stage.ago(55, time(17, 10)))
    till.released(stage, order, at=stage.ago(55, time(17, 30)), why="Client fidèle depuis 2015.")


def pays_in_instalments(stage: Stage) -> None:
    """A timing chain: a plan, signed by link; the first part came, the second is due."""
    arrived = stage.ago(35, time(8, 15))
    order = till.agreed(
        stage,
        CustomerDetails(
            name="Peter Novak",
            email="peter.novak@example.com",
            phone="+33 6 44 55 66 77",
            language="en",
            line1="6 rue Mercière",
            postal_code="69002",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Škoda", model="Octavia", plate="FH-339-LT", year=2016),
        [
            labour("Replace timing chain", "6.5", reason="Rattles on a cold start."),
            part("Timing chain kit", "286.00"),
            part("Oil and filter", "62.00"),
        ],
        concern="Rattle for some seconds after starting.",
        odometer=164_220,
        at=arrived,
    )
    till.done(stage, order, at=stage.ago(34, time(16, 30)))
    invoice = till.billed(stage, order, at=stage.ago(33, time(17, 45)), due_in=7)
    offered = stage.ago(28, time(10, 20))
    first = dates.local_day(offered, zone=stage.shop.zone) + timedelta(days=1)
    third = (invoice.balance / 3).quantize(Decimal("1.00"))
    plan = plans.offer(
        invoice=invoice,
        instalments=[
            (first, third),
            (first + timedelta(days=25), third),
            (first + timedelta(days=56), invoice.balance - 2 * third),
        ],
        note="As we said on the phone: three parts, the first one now.",
        by=stage.advisor,
        at=offered,
    )
    stage.deliver(at=offered)
    signed = offered + timedelta(hours=3)
    link = till.link_to(stage, plan.pk)
    plans.sign(
        link=link,
        plan_sha256=plan.sha256,
        signer_name=link.recipient_name,
        drawn=DrawnSignature(
            image=handwriting.draw(link.recipient_name),
            strokes=handwriting.strokes_of(link.recipient_name),
        ),
        consent=True,
        signer_timezone=stage.shop.timezone,
        by=holder(link),
        at=signed,
    )
    stage.deliver(at=signed)
    came = stage.ago(27, time(9, 5))
    till.paid(stage, invoice, str(third), at=came, reference=invoice.reference)
    till.released(stage, order, at=came + timedelta(hours=8), why="The plan is signed and begun.")


def late_payer_again(stage: Stage) -> None:
    """The bakery's second bill: a part paid, a mistake of ours credited."""
    arrived = stage.ago(26, time(7, 40))
    order = till.agreed(
        stage,
        Customer.objects.for_shop(stage.shop).get(name=BAKER),
        VehicleDetails(make="Citroën", model="Berlingo", plate="GB-517-NC", year=2020),
        [
            labour("Remplacement des pneus avant, équilibrage", "0.9"),
            part("Pneu 205/60 R16", "94.00", quantity="2"),
        ],
        concern="Pneus avant usés.",
        odometer=87_215,
        at=arrived,
    )
    till.done(stage, order, at=arrived + timedelta(hours=3))
    invoice = till.billed(stage, order, at=stage.ago(24, time(11, 0)))
    till.released(stage, order, at=stage.ago(24, time(11, 20)), why="Tournée de l'après-midi.")
    credited = stage.ago(19, time(9, 30))
    crediting.credit(
        invoice=invoice,
        reason="L'équilibrage d'une roue a dû être refait : nous ne le comptons pas.",
        amount=Decimal("18.00"),
        by=stage.advisor,
        at=credited,
    )
    stage.deliver(at=credited)
    came = stage.ago(12, time(14, 0))
    till.paid(stage, invoice, "120.00", at=came, method=PaymentMethod.CHEQUE, reference="4471203")
    stage.deliver(at=came)


def says_it_is_paid(stage: Stage) -> None:
    """She paid by transfer and says so, with the bank's slip; the bank's file has it too."""
    arrived = stage.ago(20, time(8, 50))
    order = till.agreed(
        stage,
        CustomerDetails(
            name="Lucie Bernard",
            email="lucie.bernard@example.com",
            phone="06 20 30 40 50",
            language="fr",
            postal_code="69003",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Toyota", model="Yaris", plate="FQ-662-HB", year=2021),
        [
            labour("Remplacement des amortisseurs arrière", "1.6"),
            part("Amortisseur arrière", "72.00", quantity="2"),
        ],
        concern="La voiture rebondit à l'arrière.",
        odometer=54_380,
        at=arrived,
    )
    till.done(stage, order, at=arrived + timedelta(hours=6))
    invoice = till.billed(stage, order, at=stage.ago(18, time(16, 0)))
    till.released(stage, order, at=stage.ago(18, time(17, 0)), why="Virement promis le jour même.")
    said = stage.ago(2, time(19, 40))
    link = till.link_to(stage, invoice.pk)
    claims.make(
        link=link,
        kind=ClaimKind.ALREADY_PAID,
        text="J'ai fait le virement avant-hier, voici le justificatif de ma banque.",
        paid_on=dates.local_day(said, zone=stage.shop.zone) - timedelta(days=2),
        method=PaymentMethod.BANK_TRANSFER,
        amount=invoice.balance,
        files=[
            ContentFile(
                pictures.pdf(("Virement SEPA", f"{invoice.balance} EUR", invoice.reference)),
                name="virement.pdf",
            )
        ],
        by=holder(link),
        at=said,
    )
    stage.deliver(at=said)


def stands_in_the_yard(stage: Stage) -> None:
    """Ready for two weeks, not collected: announced, then counted day by day."""
    arrived = stage.ago(17, time(9, 10))
    order = till.agreed(
        stage,
        CustomerDetails(
            name="Emma Fischer",
            email="emma.fischer@example.com",
            phone="+33 7 11 22 33 44",
            language="en",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Fiat", model="Panda", plate="DA-845-QW", year=2013),
        [labour("Replace starter motor", "1.1"), part("Starter motor", "149.00")],
        concern="Does not start, clicks only.",
        odometer=112_080,
        at=arrived,
    )
    till.done(stage, order, at=stage.ago(16, time(15, 0)))
    till.billed(stage, order, at=stage.ago(15, time(10, 30)))
    told = stage.ago(12, time(10, 0))
    storage.notify(
        repair_order=order,
        ready_on=dates.local_day(stage.ago(15, time(10, 0)), zone=stage.shop.zone),
        daily_rate=Decimal("12.00"),
        tax_rate=Decimal("20.00"),
        free_days=3,
        message="Your car has been ready since Monday. Please collect it during our hours.",
        by=stage.advisor,
        at=told,
    )
    stage.deliver(at=told)


def paid_at_the_counter(stage: Stage) -> None:
    """Done, billed, paid by card and handed over, all in one afternoon."""
    arrived = stage.ago(9, time(8, 0))
    order = till.agreed(
        stage,
        CustomerDetails(
            name="Claire Morel",
            email="claire.morel@example.com",
            phone="06 71 82 93 04",
            language="fr",
            line1="9 place Carnot",
            postal_code="69002",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Peugeot", model="208", plate="GD-173-VK", year=2022),
        [
            labour("Remplacement plaquettes arrière", "1"),
            part("Jeu de plaquettes arrière", "48.90"),
        ],
        concern="Bruit métallique à l'arrière au freinage.",
        odometer=31_940,
        at=arrived,
    )
    till.done(stage, order, at=arrived + timedelta(hours=4))
    over = stage.ago(9, time(16, 40))
    invoice = till.billed(stage, order, at=over)
    till.paid(
        stage,
        invoice,
        str(invoice.balance),
        at=over + timedelta(minutes=4),
        method=PaymentMethod.CARD,
        reference="0472",
    )
    leaving.hand_over(
        repair_order=order,
        happened_at=over + timedelta(minutes=9),
        odometer=31_942,
        collected_by="Claire Morel",
        authority=CollectorAuthority.CUSTOMER,
        identity_checked=True,
        items_returned="2 clés, plaquettes usées",
        by=stage.advisor,
        at=over + timedelta(minutes=10),
    )
    stage.deliver(at=over + timedelta(minutes=10))
