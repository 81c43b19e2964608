"""Customers who answered with their own hand: by link, on the tablet, on paper."""

from datetime import time, timedelta

from django.core.files.base import ContentFile

from demo import handwriting
from demo.stage import Stage, chosen, labour, link_of, part, typeset_now
from estimates.services import papers, recording, sending
from estimates.services.recording import PaperDetails
from estimates.states import Answer, AuthorizationMode, LineKind, Necessity, PaperReceipt
from shopdisputes.customers.services import CustomerDetails, VehicleDetails
from shopdisputes.signing import codes
from shopdisputes.uploads import services as uploads
from shopdisputes.uploads.models import FileKind


def signed_on_the_phone(stage: Stage) -> None:
    """Brakes: answered line by line, signed with a finger, sealed and mailed."""
    arrived = stage.ago(12, time(8, 40))
    order = stage.visit(
        CustomerDetails(
            name="Camille Ferrand",
            email="camille.ferrand@example.com",
            phone="06 12 34 56 78",
            language="fr",
            line1="14 quai Saint-Vincent",
            postal_code="69001",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(
            make="Peugeot", model="308 SW", plate="FG-418-KX", vin="VF3LCBHZ6JS123456", year=2018
        ),
        concern="Les freins grincent au freinage, surtout le matin.",
        odometer=96_420,
        at=arrived,
    )
    estimate = stage.draft(
        order,
        [
            labour(
                "Remplacement disques et plaquettes avant",
                "1.5",
                reason="Plaquettes à 2 mm, disques sous la cote minimale.",
            ),
            part("Jeu de plaquettes avant", "64.90"),
            part("Disque de frein avant", "58.40", quantity="2"),
            part(
                "Liquide de frein DOT 4",
                "24.00",
                reason="Taux d'humidité de 3,5 %.",
                necessity=Necessity.RECOMMENDED,
            ),
            labour(
                "Équilibrage des roues",
                "0.5",
                reason="Légère vibration à 110 km/h.",
                necessity=Necessity.OPTIONAL,
            ),
        ],
        at=arrived + timedelta(minutes=50),
    )
    sent = arrived + timedelta(minutes=55)
    estimate = stage.send(
        estimate, at=sent, message="Bonjour, voici notre proposition pour vos freins."
    )
    assert estimate.document is not None
    typeset_now(estimate.document, at=sent)
    stage.deliver(at=sent)
    answered = sent + timedelta(minutes=37)
    stage.answer_by_link(estimate, {"Équilibrage des roues": Answer.DEFERRED}, at=answered)
    stage.deliver(at=answered)


def code_for_a_large_sum(stage: Stage) -> None:
    """An engine to be taken apart: announced, and signed with a code by e-mail."""
    arrived = stage.ago(8, time(9, 0))
    order = stage.visit(
        CustomerDetails(
            name="Sofia Marchetti",
            email="sofia.marchetti@example.com",
            phone="+39 312 345 6789",
            language="en",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Alfa Romeo", model="Giulia 2.2", plate="FR-552-GC", year=2019),
        concern="Loses coolant, white smoke when cold.",
        odometer=88_760,
        at=arrived,
    )
    estimate = stage.draft(
        order,
        [
            labour(
                "Remove cylinder head and inspect",
                "9.5",
                kind=LineKind.TEARDOWN,
                reason="Pressure test shows combustion gas in the coolant.",
                disclosure=(
                    "We must take the top of the engine apart. Putting it back together without a"
                    " repair takes 7 hours (655.20 € with tax). The head gasket and bolts cannot"
                    " be used again (148.00 €). Longest time to reassemble: 5 working days."
                ),
            ),
            part("Head gasket set and bolts", "186.00", condition="original"),
            labour("Skim cylinder head at the machine shop", "3.0", kind=LineKind.SUBLET),
            labour(
                "Replace cylinder head",
                "4.0",
                contingent=True,
                reason="Only if the head is cracked. We would ask you first.",
            ),
        ],
        at=arrived + timedelta(hours=3),
        deposit="400.00",
    )
    sent = arrived + timedelta(hours=3)
    stage.send(estimate, at=sent, message="As discussed. Please call us with any question.")
    stage.deliver(at=sent)
    link = link_of(estimate)
    answered = sent + timedelta(hours=4)
    code = codes.issue(link=link, at=answered - timedelta(minutes=2))
    stage.answer_by_link(
        estimate,
        {"Replace cylinder head": Answer.DECLINED},
        at=answered,
        code=codes.digits_of(code),
    )
    stage.deliver(at=answered)


def nothing_authorized(stage: Stage) -> None:
    """Everything declined, and that too is signed; the work stays in the list of deferred work."""
    arrived = stage.ago(20, time(14, 0))
    order = stage.visit(
        CustomerDetails(
            name="Margaret Hill",
            email="margaret.hill@example.com",
            phone="+33 7 55 44 33 22",
            language="en",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Toyota", model="Yaris", plate="BN-255-QA", year=2011),
        concern="Before I sell it: what would it need for the inspection?",
        odometer=122_050,
        at=arrived,
    )
    estimate = stage.draft(
        order,
        [
            labour("Replace rear shock absorbers", "1.6", reason="Both leak oil."),
            part("Rear shock absorber", "74.00", quantity="2", condition="aftermarket"),
            part("Wiper blades, pair", "28.00", necessity=Necessity.OPTIONAL),
        ],
        at=arrived + timedelta(hours=1),
    )
    sent = arrived + timedelta(hours=1)
    stage.send(estimate, at=sent)
    stage.deliver(at=sent)
    answered = sent + timedelta(hours=26)
    stage.answer_by_link(
        estimate,
        {
            "Replace rear shock absorbers": Answer.DEFERRED,
            "Rear shock absorber": Answer.DEFERRED,
            "Wiper blades, pair": Answer.DECLINED,
        },
        at=answered,
        drawn=False,
    )
    stage.deliver(at=answered)


def signed_on_paper(stage: Stage) -> None:
    """No e-mail: printed with a code on every page, signed by hand, scanned, attested."""
    arrived = stage.ago(9, time(10, 30))
    order = stage.visit(
        CustomerDetails(
            name="Gérard Moulin",
            phone="04 78 11 22 33",
            language="fr",
            line1="2 montée des Épies",
            postal_code="69005",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Citroën", model="Xsara Picasso", plate="CB-904-NH", year=2009),
        concern="Le voyant d'airbag reste allumé.",
        odometer=187_500,
        at=arrived,
    )
    estimate = stage.draft(
        order,
        [
            labour("Diagnostic du circuit d'airbag", "0.8", kind=LineKind.DIAGNOSIS),
            part("Connecteur sous siège", "18.60"),
        ],
        at=arrived,
    )
    sent = arrived + timedelta(minutes=20)
    stage.send(estimate, at=sent, by_email=False)
    copy = papers.print_for_signature(revision=estimate, by=stage.advisor, at=sent)
    typeset_now(copy.document, at=sent)
    with copy.document.file.open("rb") as printed:
        scan = handwriting.sign_on_paper(printed.read(), order.customer.name)
    signed = sent + timedelta(minutes=15)
    stored = uploads.store(
        shop=stage.shop,
        upload=ContentFile(scan, name="scan.pdf"),
        max_bytes=len(scan),
        allowed={FileKind.PDF},
        by=stage.advisor,
        at=signed,
    )
    recording.record(
        revision=estimate,
        mode=AuthorizationMode.PAPER,
        person=order.customer.name,
        contact="",
        said_at=signed,
        reason="Signé à l'accueil.",
        answers=chosen(estimate, {}),
        paper=PaperDetails(
            receipt=PaperReceipt.ORIGINAL_SEEN,
            location="Classeur 2026, à l'accueil",
            files=[stored],
        ),
        by=stage.advisor,
        at=signed + timedelta(minutes=2),
    )
    stage.deliver(at=signed + timedelta(minutes=2))


def signed_on_the_tablet(stage: Stage) -> None:
    """At the desk, on the shop's own tablet, in the presence of the advisor."""
    arrived = stage.ago(4, time(8, 20))
    order = stage.visit(
        CustomerDetails(
            name="Hélène Roussel",
            email="helene.roussel@example.com",
            phone="06 20 30 40 50",
            language="fr",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Fiat", model="500", plate="DL-066-VB", year=2016),
        concern="Pneus usés à l'avant.",
        odometer=49_870,
        at=arrived,
    )
    estimate = stage.draft(
        order,
        [
            part("Pneu 185/55 R15", "72.00", quantity="2"),
            labour("Montage, équilibrage et valves", "0.6"),
        ],
        at=arrived,
    )
    sent = arrived + timedelta(minutes=5)
    stage.send(estimate, at=sent, by_email=False)
    sending.open_in_person(revision=estimate, by=stage.advisor, at=sent)
    answered = sent + timedelta(minutes=4)
    stage.answer_by_link(estimate, {}, at=answered)
    stage.deliver(at=answered)
