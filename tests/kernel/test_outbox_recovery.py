"""What killed and late workers leave behind, and mail that is withdrawn while it leaves."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shopdisputes.outbox import delivery, queueing
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.outbox.tasks import drain
from tests.factories import NOW, DocumentFactory, OutgoingEmailFactory, ShopFactory
from tests.kernel.outbox import again
from tests.sink import Sink

pytestmark = pytest.mark.django_db


def test_a_withdrawn_mail_does_not_pass_its_mark(server: Sink) -> None:
    shop = ShopFactory()
    target = DocumentFactory(shop=shop).target_id
    email = OutgoingEmailFactory(shop=shop, target_id=target)
    claimed = OutgoingEmail.objects.claim(email.pk, at=NOW, lease_until=NOW + timedelta(seconds=60))
    assert claimed is not None

    assert queueing.withdraw(shop=shop, target_id=target, kinds=[email.kind]) == 1
    drain()

    assert again(email).status == "withdrawn"
    assert server.messages() == []


def test_withdrawing_during_the_talk_with_the_server_still_stops_it(
    server: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = ShopFactory()
    target = DocumentFactory(shop=shop).target_id
    email, other = OutgoingEmailFactory.create_batch(2, shop=shop)
    OutgoingEmail.objects.filter(pk=email.pk).update(target_id=target)

    def said_yes(original: Callable[..., bool]) -> Callable[..., bool]:
        def mark(row: OutgoingEmail, clock: delivery.Clock) -> bool:
            # The server has accepted the recipient; now somebody changes their mind.
            if row.pk == email.pk:
                queueing.withdraw(shop=shop, target_id=target, kinds=[email.kind])
            return original(row, clock)

        return mark

    monkeypatch.setattr(delivery, "_mark", said_yes(delivery._mark))

    assert drain() == {"put_back": 0, "swept_in_doubt": 0, "not_marked": 1, "sent": 1}

    assert (again(email).status, again(other).status) == ("withdrawn", "sent")
    assert server.message_ids() == [other.message_id]
    assert server.connections == 1


def leave(email: OutgoingEmail, status: EmailStatus, *, since: timedelta) -> None:
    """Put a mail where a killed worker leaves it."""
    OutgoingEmail.objects.filter(pk=email.pk).update(
        status=status,
        claimed_at=NOW - since,
        handed_at=NOW - since if status == EmailStatus.HANDING else None,
        lease_until=NOW - since + delivery.LEASE,
    )


@pytest.mark.parametrize("since", [timedelta(seconds=60), timedelta(days=400)])
def test_what_a_killed_worker_had_only_claimed_is_sent(server: Sink, since: timedelta) -> None:
    email = OutgoingEmailFactory()
    leave(email, EmailStatus.CLAIMED, since=since)

    assert drain() == {"put_back": 1, "swept_in_doubt": 0, "sent": 1}

    assert server.message_ids() == [email.message_id]


@pytest.mark.parametrize("since", [timedelta(seconds=60), timedelta(days=400)])
def test_what_a_killed_worker_was_handing_over_is_in_doubt(server: Sink, since: timedelta) -> None:
    email = OutgoingEmailFactory()
    leave(email, EmailStatus.HANDING, since=since)

    assert drain() == {"put_back": 0, "swept_in_doubt": 1}

    assert again(email).status == "in_doubt"
    assert server.messages() == []


def test_what_brought_a_worker_down_goes_behind_all_others() -> None:
    heavy = OutgoingEmailFactory(next_try_at=NOW - timedelta(days=1))
    leave(heavy, EmailStatus.CLAIMED, since=timedelta(seconds=60))
    light = OutgoingEmailFactory(next_try_at=NOW - timedelta(seconds=1))

    assert delivery.sweep(at=NOW) == (1, 0)

    assert list(OutgoingEmail.objects.due(at=NOW)) == [light, heavy]


@pytest.mark.parametrize("status", [EmailStatus.CLAIMED, EmailStatus.HANDING])
def test_what_a_living_worker_holds_is_left_alone(server: Sink, status: EmailStatus) -> None:
    email = OutgoingEmailFactory()
    leave(email, status, since=timedelta(seconds=59))

    assert drain() == {"put_back": 0, "swept_in_doubt": 0}

    assert again(email).status == status


def test_a_worker_that_lost_its_claim_can_neither_mark_nor_note() -> None:
    email = OutgoingEmailFactory()
    old = OutgoingEmail.objects.claim(email.pk, at=NOW, lease_until=NOW + delivery.LEASE)
    assert old is not None
    later = NOW + timedelta(minutes=2)
    delivery.sweep(at=later)
    OutgoingEmail.objects.claim(email.pk, at=later, lease_until=later + delivery.LEASE)

    assert delivery._mark(old, lambda: later) is False
    delivery._note(old, delivery.Result(delivery.Outcome.FAILED, "too late"), lambda: later)

    assert (again(email).status, again(email).claimed_at) == ("claimed", later)


def test_the_servers_late_yes_ends_the_doubt() -> None:
    email = OutgoingEmailFactory()
    slow = OutgoingEmail.objects.claim(email.pk, at=NOW, lease_until=NOW + delivery.LEASE)
    assert slow is not None
    assert delivery._mark(slow, lambda: NOW)
    later = NOW + timedelta(minutes=2)
    delivery.sweep(at=later)
    assert again(email).status == "in_doubt"

    delivery._note(slow, delivery.Result(delivery.Outcome.SENT, "250 kept"), lambda: later)

    assert (again(email).status, again(email).sent_at) == ("sent", later)


def test_two_workers_cannot_claim_one_mail() -> None:
    email = OutgoingEmailFactory()

    claims = [
        OutgoingEmail.objects.claim(email.pk, at=NOW, lease_until=NOW + delivery.LEASE)
        for _ in range(2)
    ]

    assert [claim is not None for claim in claims] == [True, False]
