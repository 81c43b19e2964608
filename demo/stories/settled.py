"""Settlements: an offer that the customer has signed, and one that waits for the shop."""

from datetime import time, timedelta
from decimal import Decimal

from demo import handwriting, objecting, till
from demo.stage import Stage, holder, labour, part
from disputes.services import agreeing, offering
from disputes.states import OfferKind
from shopdisputes import dates
from shopdisputes.customers.services import CustomerDetails, VehicleDetails
from shopdisputes.signing.services import DrawnSignature

_DISCS = "Disques avant, la paire"
_DIAGNOSIS = "Recherche de panne électrique"


def settles_by_a_credit(stage: Stage) -> None:
    """Dearer than on the phone: the shop meets her half way, and she signs in the tram."""
    invoice = till.repaired(
        stage,
        CustomerDetails(
            name="Inès Carpentier",
            email="ines.carpentier@example.com",
            phone="+33 6 41 52 63 74",
            language="fr",
            line1="27 rue Garibaldi",
            postal_code="69006",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Peugeot", model="208", plate="GB-314-LM", year=2020),
        [labour("Remplacer les disques avant", "1.6"), part(_DISCS, "139.00")],
        concern="Le volant vibre au freinage.",
        odometer=58_340,
        arrived=stage.ago(10, time(9, 40)),
        hours=5,
        billed_at=stage.ago(9, time(15, 0)),
    )
    till.released(
        stage, invoice.repair_order, at=stage.ago(9, time(15, 20)), why="Paie par virement."
    )
    rang = stage.ago(5, time(11, 10))
    case = objecting.price_contested(
        stage,
        invoice,
        _DISCS,
        words="« Au téléphone, c'était 110 pour les disques. »",
        at=rang,
    )
    stage.deliver(at=rang)
    offered = stage.ago(4, time(9, 15))
    offer = offering.make(
        case=case,
        kind=OfferKind.CREDIT,
        amount=Decimal("20.00"),
        text="Nous partageons la différence : le prix du fournisseur a changé entre-temps.",
        by=stage.advisor,
        at=offered,
    )
    stage.deliver(at=offered)
    link = till.link_to(stage, case.pk)
    name = link.recipient_name
    signed = stage.ago(3, time(18, 25))
    agreeing.sign(
        link=link,
        position=offer.position,
        offer_sha256=offer.sha256,
        signer_name=name,
        drawn=DrawnSignature(image=handwriting.draw(name), strokes=handwriting.strokes_of(name)),
        consent=True,
        signer_timezone=stage.shop.timezone,
        by=holder(link),
        at=signed,
    )
    stage.deliver(at=signed)


def answers_with_an_offer(stage: Stage) -> None:
    """He does not want the shop's offer and makes one of his own: accept, refuse or answer it."""
    invoice = till.repaired(
        stage,
        CustomerDetails(
            name="Baptiste Lemoine",
            email="baptiste.lemoine@example.com",
            phone="+33 6 52 63 74 85",
            language="fr",
            line1="4 montée de la Grande-Côte",
            postal_code="69001",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Dacia", model="Duster", plate="GH-902-TV", year=2021),
        [labour(_DIAGNOSIS, "2.0"), part("Contacteur de feu stop", "24.50")],
        concern="Les feux stop restent allumés.",
        odometer=71_905,
        arrived=stage.ago(8, time(8, 45)),
        hours=7,
        billed_at=stage.ago(7, time(16, 30)),
    )
    till.released(
        stage, invoice.repair_order, at=stage.ago(7, time(16, 45)), why="Paie par virement."
    )
    wrote = stage.ago(2, time(8, 50))
    case = objecting.price_contested(
        stage,
        invoice,
        _DIAGNOSIS,
        words="« Deux heures pour trouver un contacteur à 25 euros ? »",
        at=wrote,
    )
    stage.deliver(at=wrote)
    offered = wrote + timedelta(hours=2)
    offering.make(
        case=case,
        kind=OfferKind.DISCOUNT,
        amount=Decimal("30.00"),
        text="Un geste commercial : la recherche a bien pris deux heures.",
        by=stage.advisor,
        at=offered,
    )
    stage.deliver(at=offered)
    link = till.link_to(stage, case.pk)
    answered = stage.ago(1, time(19, 30))
    offering.make(
        case=case,
        kind=OfferKind.CREDIT,
        amount=Decimal("93.60"),
        text="Je paie une heure de recherche, pas deux.",
        expires_on=dates.local_day(stage.now, zone=stage.shop.zone) + timedelta(days=13),
        link=link,
        by=holder(link),
        at=answered,
    )
    stage.deliver(at=answered)
