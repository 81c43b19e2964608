"""Reminders: the ladder climbed step by step, a call to make, a mail that came back."""

from datetime import datetime, time, timedelta

from demo import till
from demo.stage import Stage, labour, part
from demo.stories.billed import BAKER
from dunning.models import Ladder, Reminder
from dunning.services import bouncing, clockwork, ladders
from shopdisputes.customers.models import Customer
from shopdisputes.customers.services import CustomerDetails, VehicleDetails

#: As far back as the oldest bill that is not paid.
_WEEKS_DAYS = 56
_NIKITINA = "Ольга Никитина"


def wants_a_call(stage: Stage) -> None:
    """An old customer is asked gently: two weeks after the due day somebody calls."""
    arrived = stage.ago(33, time(8, 0))
    order = till.agreed(
        stage,
        CustomerDetails(
            name="Antoine Mercier",
            email="antoine.mercier@example.com",
            phone="06 77 12 45 80",
            language="fr",
            line1="14 montée de la Grande-Côte",
            postal_code="69001",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Peugeot", model="308", plate="DL-871-FW", year=2015),
        [
            labour("Remplacement de la batterie, contrôle de la charge", "0.6"),
            part("Batterie 70 Ah", "118.00"),
        ],
        concern="Démarre mal le matin.",
        odometer=141_900,
        at=arrived,
    )
    till.done(stage, order, at=arrived + timedelta(hours=3))
    till.billed(stage, order, at=stage.ago(32, time(16, 0)))
    till.released(stage, order, at=stage.ago(32, time(16, 30)), why="Client depuis dix ans.")
    _put_on(stage, order.customer, "Gentle, with calls", at=stage.ago(32, time(17, 0)))


def mail_comes_back(stage: Stage) -> None:
    """The friendly reminder came back: nothing is asked for until the address is mended."""
    arrived = stage.ago(22, time(9, 30))
    order = till.agreed(
        stage,
        CustomerDetails(
            name=_NIKITINA,
            email="olga.nikitina@closed-mailbox.example",
            phone="+33 6 50 61 72 83",
            language="ru",
            line1="31 rue Garibaldi",
            postal_code="69006",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Lada", model="Niva", plate="CB-450-XR", year=2014),
        [labour("Замена ламп и регулировка фар", "0.8"), part("Комплект ламп", "34.00")],
        concern="Плохо светят фары.",
        odometer=98_700,
        at=arrived,
    )
    till.done(stage, order, at=arrived + timedelta(hours=2))
    till.billed(stage, order, at=stage.ago(21, time(10, 0)))
    till.released(stage, order, at=stage.ago(21, time(10, 20)), why="Платит переводом.")


def told_before_it_is_due(stage: Stage) -> None:
    """Her bill is due in two days: she was told once, and nobody asks for anything yet."""
    arrived = stage.ago(13, time(8, 30))
    order = till.agreed(
        stage,
        CustomerDetails(
            name="Grace Whitfield",
            email="grace.whitfield@example.com",
            phone="+33 6 31 42 53 64",
            language="en",
            postal_code="69005",
            city="Lyon",
            country="FR",
        ),
        VehicleDetails(make="Honda", model="Jazz", plate="FE-118-ND", year=2018),
        [labour("Replace the exhaust's rear part", "1.1"), part("Silencer", "143.00")],
        concern="Loud since Monday.",
        odometer=61_040,
        at=arrived,
    )
    till.done(stage, order, at=arrived + timedelta(hours=5))
    till.billed(stage, order, at=stage.ago(12, time(15, 0)))
    till.released(stage, order, at=stage.ago(12, time(15, 20)), why="Pays by transfer.")


def asked_day_by_day(stage: Stage) -> None:
    """What the clockwork did while all this happened: it asked, step by step, in office hours."""
    baker = Customer.objects.for_shop(stage.shop).get(name=BAKER)
    _put_on(stage, baker, "Businesses", at=stage.ago(_WEEKS_DAYS - 1, time(18, 0)))
    for days in range(_WEEKS_DAYS, -1, -1):
        at = stage.ago(days, time(10, 5))
        if stage.shop.send_window.is_open(at):
            clockwork.run(at=at)
            stage.deliver(at=at)
        if days == 1:
            _note_what_came_back(stage)


def _note_what_came_back(stage: Stage) -> None:
    sent = Reminder.objects.for_shop(stage.shop).filter(customer__name=_NIKITINA)
    left = sent.filter(email__sent_at__isnull=False).select_related("email")
    last = left.order_by("email__sent_at").last()
    if last is not None and last.email is not None:
        bouncing.report_bounce(
            email=last.email,
            note="550 5.1.1 The mailbox is closed.",
            by=stage.advisor,
            at=stage.ago(1, time(15, 40)),
        )


def _put_on(stage: Stage, customer: Customer, ladder: str, *, at: datetime) -> None:
    ladders.assign(
        customer=customer,
        ladder=Ladder.objects.for_shop(stage.shop).get(name=ladder),
        by=stage.manager,
        at=at,
    )
