"""Asking resolvers, asking again by hand and by itself, and handing cases over."""

from datetime import datetime, timedelta

import pytest

from disputes import asking
from disputes.models import DisputeCase, FollowUp
from disputes.services import answers, chasing, messaging, resolving
from disputes.services.clockwork import chase_overdue
from disputes.services.following_up import CaseEnded
from disputes.states import ClosingCode
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import address_of
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.reading import for_staff
from tests.disputes.cases import (
    DESK,
    RESOLVER,
    contest,
    events,
    everything,
    fresh,
    later,
    mails,
)
from tests.factories import NOW, CustomerFactory, InvoiceFactory, staff

pytestmark = pytest.mark.django_db

THEO = "theo@garage.example"


@pytest.fixture
def case() -> DisputeCase:
    invoice = InvoiceFactory(issued=True, customer=CustomerFactory(name="Camille #amount Durand"))
    return contest(invoice, "30.00", resolver_name="Theo", resolver_email=THEO)


def tell(case: DisputeCase, at: datetime = NOW) -> OutgoingEmail:
    words = asking.proposed(case)
    return chasing.tell_resolver(case=case, subject=words.subject, body=words.body, by=DESK, at=at)


def chased(at: datetime) -> int:
    counts = chase_overdue(at=at)
    assert counts["failed"] == 0
    return counts["chased"]


class TestTelling:
    def test_mails_the_filled_words_with_the_way_to_answer(self, case: DisputeCase) -> None:
        email = tell(case)

        invoice = case.items.get().invoice
        link = AccessLink.objects.get(purpose=LinkPurpose.RESOLVER)
        assert (email.recipient, email.link, link.target_id) == (THEO, link, case.pk)
        assert email.subject == "Dispute D-2026-0001: Camille #amount Durand, €30.00"
        read = for_staff(email)
        assert read.text.startswith("Hello Theo,\n\nCamille #amount Durand contests")
        assert f"- {invoice.number}: €30.00\n" in read.text
        assert "The pads were to cost 90.00." in read.text
        assert f"\n{address_of(link)}\n" in read.text
        assert f'href="{address_of(link)}"' in read.html
        assert "/r/" in address_of(link)
        assert events(case)[-1] == "dispute.resolver_told"

    def test_the_same_words_within_a_minute_are_one_mail(self, case: DisputeCase) -> None:
        first = tell(case)
        before = everything()

        assert tell(case, NOW + timedelta(seconds=59)) == first
        assert everything() == before
        others = chasing.tell_resolver(
            case=case, subject=first.subject, body="Now?\n\n#resolver_link", by=DESK, at=NOW
        )
        assert others != first
        assert tell(case, NOW + timedelta(minutes=1)) not in (first, others)

    @pytest.mark.parametrize(
        ("subject", "body"),
        [("Urgent", "Please answer today:\n\n#resolver_link"), ("About it", "#resolver_link")],
    )
    def test_another_subject_or_fewer_words_are_another_mail(
        self, case: DisputeCase, subject: str, body: str
    ) -> None:
        words = "Please answer today:\n\n#resolver_link"
        first = chasing.tell_resolver(case=case, subject="About it", body=words, by=DESK, at=NOW)

        second = chasing.tell_resolver(case=case, subject=subject, body=body, by=DESK, at=NOW)

        assert second != first

    def test_whoever_gets_the_case_back_at_once_is_mailed_a_link_that_opens(
        self, case: DisputeCase
    ) -> None:
        first = tell(case)
        for address in ("other@example.com", THEO):
            chasing.hand_over(case=case, resolver_email=address, by=DESK, at=NOW)
            case.refresh_from_db()

        again = tell(case)

        assert again != first
        assert AccessLink.objects.live(at=NOW).get(purpose=LinkPurpose.RESOLVER) == again.link

    def test_is_seen_beforehand_without_mailing_anybody(self, case: DisputeCase) -> None:
        before = everything()

        seen = chasing.preview(
            case=case, subject="About #case_number", body="#comment\n\n#resolver_link"
        )

        assert seen == asking.Letter(
            "About D-2026-0001", "The pads were to cost 90.00.\n\n#resolver_link"
        )
        assert everything() == before

    @pytest.mark.parametrize(
        ("subject", "body", "field"),
        [
            ("", "#resolver_link", "subject"),
            ("About\nit", "#resolver_link", "subject"),
            ("About #nothing", "#resolver_link", "subject"),
            ("About it", "Please answer.", "body"),
            ("About it", "See #resolver_link", "body"),
            ("About it", "#resolver_link\n#nothing", "body"),
        ],
    )
    def test_needs_words_that_can_leave(
        self, case: DisputeCase, subject: str, body: str, field: str
    ) -> None:
        before = everything()
        with pytest.raises(chasing.WordsRefused) as refused:
            chasing.tell_resolver(case=case, subject=subject, body=body, by=DESK, at=NOW)
        assert list(refused.value.fields) == [field]
        assert everything() == before

    def test_needs_a_resolver_and_a_running_case(self, case: DisputeCase) -> None:
        alone = contest(InvoiceFactory(issued=True, shop=case.shop))
        with pytest.raises(chasing.ResolverMissing):
            tell(alone)
        resolving.resolve(
            case=case, closing_code=ClosingCode.GOODWILL, note="Done.", by=DESK, at=NOW
        )
        with pytest.raises(CaseEnded):
            tell(case)
        assert mails() == {"dispute_closed": case.customer.email}


class TestChasing:
    def test_by_hand_mails_again_and_ends_nothing(self, case: DisputeCase) -> None:
        tell(case)
        follow_ups = list(FollowUp.objects.values())

        chasing.chase(case=case, by=DESK, at=later(1))

        assert mails() == {"dispute_resolver": THEO, "dispute_resolver_chased": THEO}
        assert list(FollowUp.objects.values()) == follow_ups

    def test_by_hand_mails_once_when_the_button_is_pressed_twice(self, case: DisputeCase) -> None:
        tell(case)
        sent = chasing.chase(case=case, by=DESK, at=later(1))
        before = everything()

        assert chasing.chase(case=case, by=DESK, at=later(1)) == sent
        assert everything() == before
        assert chasing.chase(case=case, by=DESK, at=later(1, hours=1)) != sent

    def test_by_itself_begins_when_the_day_is_over_and_comes_once_a_day(
        self, case: DisputeCase
    ) -> None:
        tell(case)
        # Followed up on Wednesday the 18th; half past ten in the shop.
        assert chased(later(2)) == 0

        assert [chased(later(3)), chased(later(3, 2)), chased(later(4))] == [1, 0, 1]
        assert events(case)[-2:] == ["dispute.resolver_chased"] * 2

    def test_by_itself_leaves_people_alone_at_night_and_on_sundays(self, case: DisputeCase) -> None:
        tell(case)

        night = later(3) - timedelta(hours=4)
        sunday = later(6)
        assert [chased(night), chased(sunday)] == [0, 0]

    def test_by_itself_asks_nobody_who_was_never_asked(self, case: DisputeCase) -> None:
        assert chased(later(3)) == 0
        assert mails() == {}

    def test_by_itself_ends_with_an_answer_unless_it_is_not_taken_over(
        self, case: DisputeCase
    ) -> None:
        tell(case)
        link = AccessLink.objects.get(purpose=LinkPurpose.RESOLVER)
        answer = answers.give(link=link, text="Wrong price.", by=RESOLVER, at=later(1))
        assert chased(later(3)) == 0

        answers.refuse(answer=answer, note="Which price?", by=DESK, at=later(3))
        assert chased(later(3)) == 1

    def test_by_itself_waits_while_the_customer_is_asked(self, case: DisputeCase) -> None:
        tell(case)
        messaging.ask(case=case, text="Which pads?", by=DESK, at=NOW)

        assert chased(later(3)) == 0


class TestHandingOver:
    def test_closes_the_page_of_the_former_resolver_only(self, case: DisputeCase) -> None:
        messaging.say(case=case, text="We look into it.", by=DESK, at=NOW)
        tell(case)

        chasing.hand_over(case=case, resolver_email="rita@garage.example", by=DESK, at=later(3))

        closed = AccessLink.objects.exclude(revoked_at=None).values_list("purpose", flat=True)
        assert list(closed) == [LinkPurpose.RESOLVER]
        assert (fresh(case).resolver_name, fresh(case).resolver_email) == (
            "Theo",
            "rita@garage.example",
        )
        assert chased(later(3)) == 0

    def test_gives_the_follow_ups_to_the_new_owner(self, case: DisputeCase) -> None:
        somebody = staff(case.shop).user

        chasing.hand_over(case=case, owner=somebody, by=DESK, at=NOW)

        assert fresh(case).owner == somebody
        assert case.follow_ups.get().person == somebody
        assert events(case)[-1] == "dispute.handed_over"

    def test_needs_somebody_else(self, case: DisputeCase) -> None:
        before = everything()
        with pytest.raises(chasing.NobodyNamed):
            chasing.hand_over(case=case, resolver_email=THEO, by=DESK, at=NOW)
        assert everything() == before
