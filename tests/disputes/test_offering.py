"""Making offers and ending them without an agreement."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from disputes import invariants
from disputes.models import DisputeCase, Offer
from disputes.services import clockwork, ending_offers, messaging, offering, resolving
from disputes.services.offer_terms import OfferRefused
from disputes.states import CaseStatus, OfferStatus
from shopdisputes.canonical import sha256_hex
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from tests.disputes.cases import (
    BOSS,
    CUSTOMER,
    DESK,
    TECHNICIAN,
    brakes,
    contest,
    euros,
    events,
    figures,
    fresh,
    later,
    link_to,
    mails,
)
from tests.disputes.settling import FRIDAY, everything, offer, pay
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> DisputeCase:
    """The pads, 69.48 of 242.28, are contested."""
    invoice = brakes()
    return contest(invoice, line=invoice.lines.in_order()[1])


class TestMaking:
    def test_is_mailed_and_the_amount_stays_held(self, case: DisputeCase) -> None:
        made = offer(case)

        assert (made.position, made.side, made.amount) == (1, "shop", Decimal("30.00"))
        assert fresh(case).status == CaseStatus.PROPOSAL_OUT
        assert figures(case.items.get().invoice) == euros("69.48", "172.80")
        assert mails() == {"dispute_offer_made": case.customer.email}
        assert events(case)[-1] == "dispute.offer_made"
        assert made.sha256 == sha256_hex(made.canonical_json)
        assert made.document is not None
        assert not made.document.seal_wanted
        assert "A credit of €30.00" in OutgoingEmail.objects.get(kind="dispute_offer_made").text
        assert list(invariants.broken()) == []

    def test_is_open_for_two_weeks_unless_told_otherwise(self, case: DisputeCase) -> None:
        assert offer(case, expires_on=None).expires_on == NOW.date() + timedelta(days=14)

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"amount": None}, "amount"),
            ({"amount": "0.00"}, "amount"),
            ({"amount": "69.49"}, "amount"),
            ({"kind": "discount", "amount": "1.001"}, "amount"),
            ({"kind": "refund", "amount": "30.00"}, "amount"),
            ({"kind": "rework", "amount": None, "text": " "}, "text"),
            ({"expires_on": date(2026, 3, 15)}, "expires_on"),
            ({"expires_on": NOW.date() + timedelta(days=91)}, "expires_on"),
            ({"resume": "new_due_date", "new_due_on": FRIDAY}, "new_due_on"),
            (
                {"resume": "new_due_date", "new_due_on": NOW.date() + timedelta(days=366)},
                "new_due_on",
            ),
            ({"kind": "plan", "instalments": []}, "terms"),
            ({"kind": "plan", "instalments": [(date.max, Decimal("242.28"))]}, "terms.0.due_on"),
            ({"kind": "plan", "instalments": [(FRIDAY, Decimal("242.27"))]}, "terms"),
            (
                {"kind": "plan", "instalments": [(date(2026, 3, 15), Decimal("242.28"))]},
                "terms.0.due_on",
            ),
            (
                {"kind": "plan", "instalments": [(date(2026, 3, 18), Decimal("242.28"))]},
                "expires_on",
            ),
        ],
    )
    def test_is_refused_at_its_field_and_nothing_happens(
        self, case: DisputeCase, facts: dict[str, Any], field: str
    ) -> None:
        before = everything()
        with pytest.raises(OfferRefused) as refusal:
            offer(case, **facts)
        assert field in refusal.value.fields
        assert everything() == before

    def test_of_a_refund_takes_no_more_than_was_paid(self, case: DisputeCase) -> None:
        pay(case.items.get().invoice, "20.00")
        with pytest.raises(OfferRefused) as refusal:
            offer(case, "20.01", kind="refund")
        assert "€20.00" in str(refusal.value.fields["amount"])

        assert offer(case, "20.00", kind="refund").amount == Decimal("20.00")

    def test_of_a_plan_for_two_invoices_is_refused(self, case: DisputeCase) -> None:
        other = brakes(case.shop)
        resolving.contest(
            case=case,
            invoice=other,
            line=None,
            amount=Decimal("1.00"),
            review_on=FRIDAY,
            by=DESK,
            at=NOW,
        )
        with pytest.raises(OfferRefused) as refusal:
            offer(case, kind="plan", instalments=[(FRIDAY, Decimal("242.28"))])
        assert "kind" in refusal.value.fields

    def test_happens_once_a_side(self, case: DisputeCase) -> None:
        offer(case)
        before = everything()
        with pytest.raises(offering.OfferStands):
            offer(case, "31.00")
        assert everything() == before

    def test_twice_at_the_desk_within_a_minute_is_once(self, case: DisputeCase) -> None:
        first = offer(case)
        before = everything()

        assert offer(case, at=NOW + timedelta(seconds=59)) == first
        for facts in ({"at": NOW + timedelta(minutes=1)}, {"by": BOSS}, {"resume": "stop"}):
            with pytest.raises(offering.OfferStands):
                offer(case, **facts)
        assert everything() == before

    def test_by_the_other_side_answers_it(self, case: DisputeCase) -> None:
        first = offer(case)

        second = offer(case, "50.00", by=CUSTOMER, link=link_to(case))

        assert (fresh(first).status, second.position) == (OfferStatus.COUNTERED, 2)
        assert second.side == "customer"
        assert fresh(case).status == CaseStatus.PROPOSAL_OUT
        assert mails()["dispute_offer_desk"] == case.shop.email
        assert list(invariants.broken()) == []

    def test_by_the_same_link_twice_is_once(self, case: DisputeCase) -> None:
        link = link_to(case)
        first = offer(case, by=CUSTOMER, link=link)
        before = everything()

        assert offer(case, by=CUSTOMER, link=link) == first
        assert everything() == before

    def test_of_other_parts_by_the_same_link_is_another_one(self, case: DisputeCase) -> None:
        link, whole = link_to(case), Decimal("242.28")
        plan = {"kind": "plan", "by": CUSTOMER, "link": link}
        offer(case, **plan, instalments=[(FRIDAY, whole)])
        before = everything()

        with pytest.raises(offering.OfferStands):
            offer(case, **plan, instalments=[(FRIDAY, whole / 2), (date(2026, 4, 20), whole / 2)])
        assert everything() == before

    def test_ends_the_waiting_for_the_customer(self, case: DisputeCase) -> None:
        messaging.ask(case=case, text="Which pads?", by=DESK, at=NOW)

        offer(case, by=CUSTOMER, link=link_to(case))

        assert fresh(case).status == CaseStatus.PROPOSAL_OUT

    def test_is_not_for_technicians_nor_in_a_case_that_ended(self, case: DisputeCase) -> None:
        with pytest.raises(NotYourTransition):
            offer(case, by=TECHNICIAN)
        resolving.withdraw(case=case, note="He called.", by=DESK, at=NOW)
        before = everything()
        with pytest.raises(IllegalTransition):
            offer(case)
        assert everything() == before


class TestEnding:
    def test_by_a_refusal_of_the_customer_tells_the_shop_why(self, case: DisputeCase) -> None:
        made = offer(case)

        ending_offers.refuse(offer=made, answer="Too little.", by=CUSTOMER, at=NOW)

        assert (fresh(made).status, fresh(made).answer) == (OfferStatus.REFUSED, "Too little.")
        assert fresh(case).status == CaseStatus.OPEN
        told = OutgoingEmail.objects.get(kind="dispute_offer_desk")
        assert (told.recipient, "Too little." in told.text) == (case.shop.email, True)

    def test_by_a_refusal_of_the_shop_tells_the_customer(self, case: DisputeCase) -> None:
        made = offer(case, by=CUSTOMER, link=link_to(case))

        ending_offers.refuse(offer=made, answer="It is the right price.", by=DESK, at=NOW)

        told = OutgoingEmail.objects.get(kind="dispute_offer_ended")
        assert (told.recipient, "the right price" in told.text) == (case.customer.email, True)

    def test_takes_back_only_what_is_ones_own(self, case: DisputeCase) -> None:
        made = offer(case)
        before = everything()
        with pytest.raises(ending_offers.WrongSide):
            ending_offers.take_back(offer=made, by=CUSTOMER, at=NOW)
        assert everything() == before

        ending_offers.take_back(offer=made, by=DESK, at=NOW)

        assert fresh(made).status == OfferStatus.WITHDRAWN
        assert fresh(case).status == CaseStatus.OPEN
        with pytest.raises(IllegalTransition):
            ending_offers.take_back(offer=made, by=DESK, at=NOW)

    def test_refuses_no_offer_of_ones_own(self, case: DisputeCase) -> None:
        made = offer(case, by=CUSTOMER, link=link_to(case))
        with pytest.raises(ending_offers.WrongSide):
            ending_offers.refuse(offer=made, by=CUSTOMER, at=NOW)
        assert fresh(made).status == OfferStatus.SENT

    def test_runs_out_after_its_last_day_in_the_shop_once(self, case: DisputeCase) -> None:
        made = offer(case)
        # Friday, half past eleven in the evening in Paris.
        friday_night = later(4, 13)
        assert clockwork.expire_offers(at=friday_night) == {"expired": 0, "failed": 0}

        after_midnight = friday_night + timedelta(hours=1)
        assert clockwork.expire_offers(at=after_midnight) == {"expired": 1, "failed": 0}
        assert clockwork.expire_offers(at=after_midnight) == {"expired": 0, "failed": 0}

        assert fresh(made).status == OfferStatus.EXPIRED
        assert fresh(case).status == CaseStatus.OPEN
        assert mails() == {
            "dispute_offer_made": case.customer.email,
            "dispute_offer_ended": case.customer.email,
            "dispute_offer_desk": case.shop.email,
        }
        assert list(invariants.broken()) == []


@pytest.mark.parametrize("language", ["en", "fr", "ru"])
def test_mails_are_worded_in_every_language(language: str) -> None:
    invoice = brakes()
    type(invoice.customer).objects.filter(pk=invoice.customer_id).update(language=language)
    invoice.customer.refresh_from_db()
    case = contest(invoice)
    refused = offer(case)
    ending_offers.refuse(offer=refused, by=CUSTOMER, at=NOW)
    offer(case, kind="plan", instalments=[(FRIDAY, Decimal("242.28"))])
    countered = offer(case, by=CUSTOMER, link=link_to(case))
    ending_offers.refuse(offer=countered, answer="No.", by=DESK, at=NOW)

    for mail in OutgoingEmail.objects.filter(kind__startswith="dispute_offer"):
        assert mail.subject.strip() == mail.subject
        assert mail.subject
        assert "{{" not in mail.text + mail.html
    assert Offer.objects.filter(document__language=language).count() == 3
