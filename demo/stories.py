"""The stories: each shows one thing that happens to estimates in a real shop."""

from datetime import time, timedelta

from django.core.files.base import ContentFile

from demo import handwriting
from demo.stage import Stage, chosen, holder, labour, link_of, part, typeset_now
from estimates.services import clockwork, papers, recording, requests, sending
from estimates.services import drafting as drafts
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
    stage.send(estimate, at=sent, message="Bonjour, voici notre proposition pour vos freins.")
    stage.deliver(at=sent)
    answered = sent + timedelta(minutes=37)
    stage.answer_by_link(estimate, {"Équilibrage des roues": Answer.DEFERRED}, at=answered)
    stage.deliver(at=answered)


def waiting_for_the_customer(stage: Stage) -> None:
    """A timing belt with a deposit asked for: sent yesterday, no answer yet."""
    arrived = stage.ago(1, time(10, 5))
    order = stage.visit(
        CustomerDetails(
            name="Thomas Okafor",
            email="thomas.okafor@example.com",
            phone="+44 7700 900123",
            language="en",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Volkswagen", model="Golf 1.6 TDI", plate="EV-902-RN", year=2015),
        concern="Service is overdue, and the belt was never changed.",
        odometer=178_300,
        at=arrived,
    )
    estimate = stage.draft(
        order,
        [
            labour("Replace timing belt and water pump", "4.2", reason="Due at 150,000 km."),
            part("Timing belt kit with water pump", "214.00", condition="original"),
            part("Coolant, 5 litres", "31.50"),
            labour("Oil and filter service", "0.8", necessity=Necessity.RECOMMENDED),
            part("Oil 5W-30, 5 litres, and filter", "62.00", necessity=Necessity.RECOMMENDED),
        ],
        at=arrived + timedelta(minutes=30),
        deposit="150.00",
    )
    stage.send(estimate, at=arrived + timedelta(minutes=34))
    stage.deliver(at=arrived + timedelta(minutes=34))


def supplement_during_the_repair(stage: Stage) -> None:
    """A clutch, authorized; then the flywheel is found worn and a second revision is sent."""
    arrived = stage.ago(5, time(9, 15))
    order = stage.visit(
        CustomerDetails(
            name="Ирина Соколова",
            email="irina.sokolova@example.com",
            phone="+33 6 98 76 54 32",
            language="ru",
            city="Villeurbanne",
            country="FR",
        ),
        VehicleDetails(make="Renault", model="Duster", plate="CW-310-TB", year=2014),
        concern="Сцепление пробуксовывает на подъёме.",
        odometer=141_870,
        at=arrived,
    )
    first = stage.draft(
        order,
        [
            labour("Замена комплекта сцепления", "5.5", reason="Диск изношен до заклёпок."),
            part("Комплект сцепления", "289.00"),
            labour(
                "Замена сальника коленвала",
                "0.4",
                reason="Понадобится, если сальник подтекает.",
                contingent=True,
                necessity=Necessity.RECOMMENDED,
            ),
        ],
        at=arrived + timedelta(hours=1),
    )
    sent = arrived + timedelta(hours=1, minutes=5)
    stage.send(first, at=sent)
    stage.deliver(at=sent)
    answered = sent + timedelta(hours=2)
    stage.answer_by_link(first, {}, at=answered)
    stage.deliver(at=answered)
    found = stage.ago(0, time(8, 30))
    second = drafts.revise(
        estimate=first.estimate,
        reason="После разборки: двухмассовый маховик с люфтом 18 градусов, норма до 12.",
        by=stage.advisor,
        at=found,
    )
    lines = [drafts.as_input(line) for line in second.lines.in_order()]
    second = drafts.change(
        revision=second,
        lines=[*lines, part("Двухмассовый маховик", "412.00", reason="Люфт 18 градусов.")],
        valid_until=second.valid_until,
        by=stage.advisor,
        at=found,
    )
    stage.send(second, at=found)
    stage.deliver(at=found)


def authorized_by_phone(stage: Stage) -> None:
    """A van that must run tomorrow: the owner says yes on the phone, a mail confirms it."""
    arrived = stage.ago(2, time(7, 50))
    order = stage.visit(
        CustomerDetails(
            name="Transports Lemaire SARL",
            kind="business",
            email="atelier@lemaire.example",
            phone="04 72 00 11 22",
            language="fr",
            line1="3 rue de l'Industrie",
            postal_code="69200",
            city="Vénissieux",
            country="FR",
        ),
        VehicleDetails(make="Renault", model="Trafic", plate="DX-771-MS", year=2017),
        concern="Voyant batterie allumé, ne démarre plus le matin.",
        odometer=203_115,
        at=arrived,
    )
    estimate = stage.draft(
        order,
        [
            labour("Diagnostic du circuit de charge", "0.7", kind=LineKind.DIAGNOSIS),
            labour("Remplacement de l'alternateur", "1.3"),
            part("Alternateur", "238.00", condition="rebuilt"),
            part("Batterie 80 Ah", "129.00", necessity=Necessity.RECOMMENDED),
        ],
        at=arrived + timedelta(minutes=45),
    )
    sent = arrived + timedelta(minutes=50)
    stage.send(estimate, at=sent)
    stage.deliver(at=sent)
    said = sent + timedelta(minutes=20)
    recording.record(
        revision=estimate,
        mode=AuthorizationMode.ORAL,
        person="Paul Lemaire, gérant",
        contact="+33472001122",
        said_at=said,
        reason="Le véhicule doit repartir demain à 6 h ; la batterie attendra.",
        answers=chosen(estimate, {"Batterie 80 Ah": Answer.DECLINED}),
        by=stage.advisor,
        at=said + timedelta(minutes=3),
    )
    stage.deliver(at=said + timedelta(minutes=3))


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


def asks_for_a_call(stage: Stage) -> None:
    """The customer would rather talk first: it stands on the advisor's page until he has called."""
    arrived = stage.ago(1, time(15, 20))
    order = stage.visit(
        CustomerDetails(
            name="Дмитрий Орлов",
            email="dmitri.orlov@example.com",
            phone="+33 6 11 22 33 44",
            language="ru",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Škoda", model="Octavia", plate="FA-640-ZE", year=2016),
        concern="Горит индикатор двигателя, машина теряет мощность.",
        odometer=157_900,
        at=arrived,
    )
    estimate = stage.draft(
        order,
        [
            labour("Очистка клапана EGR", "2.1", reason="Клапан заклинил в открытом положении."),
            part("Прокладка клапана EGR", "12.40"),
        ],
        at=arrived + timedelta(hours=1),
    )
    sent = arrived + timedelta(hours=1)
    stage.send(estimate, at=sent)
    stage.deliver(at=sent)
    link = link_of(estimate)
    asked = sent + timedelta(minutes=50)
    requests.ask_for_call(link=link, note="После 18:00, пожалуйста.", by=holder(link), at=asked)
    stage.deliver(at=asked)


def expired_unanswered(stage: Stage) -> None:
    """Nobody answered: reminded once before the last day, then closed by the clock."""
    arrived = stage.ago(40, time(11, 0))
    order = stage.visit(
        CustomerDetails(
            name="Julien Petit",
            email="julien.petit@example.com",
            language="fr",
            city="Bron",
            country="FR",
        ),
        VehicleDetails(make="Citroën", model="C3", plate="GH-087-LP", year=2020),
        concern="Climatisation tiède.",
        odometer=58_230,
        at=arrived,
    )
    estimate = stage.draft(
        order,
        [
            labour("Recherche de fuite de climatisation", "1.0", kind=LineKind.DIAGNOSIS),
            part("Recharge de gaz R1234yf", "145.00"),
        ],
        at=arrived,
    )
    stage.send(estimate, at=arrived + timedelta(minutes=20))
    stage.deliver(at=arrived + timedelta(minutes=20))
    # Ten in the morning, on four days before the last one: a weekday is among them.
    for days_back in (13, 12, 11, 10):
        moment = stage.ago(days_back, time(10, 0))
        clockwork.remind_before_expiry(at=moment)
        stage.deliver(at=moment)
    clockwork.expire(at=stage.ago(9, time(0, 5)))


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


def still_a_draft(stage: Stage) -> None:
    """Work in progress at the desk."""
    arrived = stage.ago(0, time(8, 5))
    order = stage.visit(
        CustomerDetails(
            name="Anna Lindqvist",
            email="anna.lindqvist@example.com",
            phone="+46 70 123 45 67",
            language="en",
            city="Écully",
            country="FR",
        ),
        VehicleDetails(make="Volvo", model="V60", plate="GA-129-DD", year=2021),
        concern="Knocking from the front left over bumps.",
        odometer=64_300,
        at=arrived,
    )
    stage.draft(
        order,
        [
            labour("Replace front left control arm", "1.4"),
            part("Control arm with ball joint", "167.00"),
        ],
        at=arrived,
    )


def resent_to_a_corrected_address(stage: Stage) -> None:
    """Sent again after a question: the second mail has a link of its own."""
    arrived = stage.ago(3, time(16, 10))
    order = stage.visit(
        CustomerDetails(
            name="Élodie Vasseur-Montgolfier",
            email="elodie.vasseur@example.com",
            phone="06 44 55 66 77",
            language="fr",
            city="Caluire-et-Cuire",
            country="FR",
        ),
        VehicleDetails(make="Mini", model="Cooper S Clubman", plate="EK-733-WQ", year=2018),
        concern="Bruit de roulement à l'arrière droit.",
        odometer=71_440,
        at=arrived,
    )
    estimate = stage.draft(
        order,
        [
            labour("Remplacement du roulement de roue arrière droit", "1.2"),
            part("Roulement de roue arrière", "94.50"),
        ],
        at=arrived,
    )
    stage.send(estimate, at=arrived + timedelta(minutes=15))
    stage.deliver(at=arrived + timedelta(minutes=15))
    again = stage.ago(1, time(9, 30))
    sending.resend(revision=estimate, by=stage.advisor, at=again)
    stage.deliver(at=again)


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


#: In the order in which they are told.
STORIES = (
    expired_unanswered,
    nothing_authorized,
    signed_on_the_phone,
    signed_on_paper,
    code_for_a_large_sum,
    supplement_during_the_repair,
    signed_on_the_tablet,
    resent_to_a_corrected_address,
    authorized_by_phone,
    waiting_for_the_customer,
    asks_for_a_call,
    still_a_draft,
)
