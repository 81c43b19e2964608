"""Estimates that wait, and one that waited too long."""

from datetime import time, timedelta

from demo.stage import Stage, holder, labour, link_of, part
from estimates.services import clockwork, requests, sending
from estimates.states import LineKind, Necessity
from shopdisputes.customers.services import CustomerDetails, VehicleDetails


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
