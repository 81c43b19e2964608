"""What happens once the work has begun."""

from datetime import time, timedelta

from demo.stage import Stage, chosen, labour, part
from estimates.services import drafting as drafts
from estimates.services import recording
from estimates.states import Answer, AuthorizationMode, LineKind, Necessity
from shopdisputes.customers.services import CustomerDetails, VehicleDetails


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
