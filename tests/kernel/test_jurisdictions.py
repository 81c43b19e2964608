"""Profiles of places: data, frozen as plain JSON, honest about what was read."""

import json
from decimal import Decimal

import pytest
from django.utils import translation

from shopdisputes.customers.models import Vehicle
from shopdisputes.jurisdictions import mentions, profiles
from shopdisputes.jurisdictions.profiles import Tolerance, ToleranceRule
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.shops.models import Shop

CODES = ["GENERIC", "FR", "US-CA", "US-FL", "US-MI", "US-NY", "RU"]


def test_offers_the_general_rules_first():
    assert [code for code, _name in profiles.choices()] == CODES


def test_an_unknown_place_is_an_error_and_no_guess():
    with pytest.raises(profiles.UnknownProfile):
        profiles.load("XX")
    with pytest.raises(profiles.UnknownProfile):
        profiles.freeze("XX")


@pytest.mark.parametrize("code", CODES)
def test_is_a_draft_until_counsel_approves(code):
    assert profiles.freeze(code)["status"] == "draft"


@pytest.mark.parametrize("code", CODES)
def test_freezes_to_json_that_comes_back_equal(code):
    frozen = profiles.freeze(code)
    assert json.loads(json.dumps(frozen)) == frozen
    assert frozen["code"] == code
    assert "name" not in frozen


@pytest.mark.parametrize("code", CODES[1:])
def test_every_rule_of_a_place_names_its_source_and_when_it_was_read(code):
    sources = profiles.freeze(code)["sources"]
    assert len(sources) >= 5
    for source in sources:
        assert source["reference"]
        assert source["checked_on"] == "2026-11-21"
        assert source["certainty"] in {"primary", "secondary", "unverified"}


@pytest.mark.parametrize("code", CODES)
def test_names_only_fields_and_sentences_that_exist(code):
    profile = profiles.load(code)
    shop = {field.name for field in Shop._meta.get_fields()}
    vehicle = {
        field.name for field in (*Vehicle._meta.get_fields(), *RepairOrder._meta.get_fields())
    }
    assert set(profile.shop_fields) <= shop
    assert set(profile.vehicle_fields) <= vehicle
    named = {*profile.mentions, *profile.invoice_mentions, *profile.late.demand_mentions}
    assert named <= mentions.keys()


@pytest.mark.parametrize("code", [code for code in CODES if code != "US-FL"])
def test_almost_nowhere_may_a_bill_go_above_what_was_authorized(code):
    tolerance = profiles.tolerance_of(profiles.freeze(code))
    assert tolerance.of(Decimal("1000.00")) == Decimal("0.00")


@pytest.mark.parametrize(
    ("authorized", "allowed"), [("50.00", "10.00"), ("222.29", "22.22"), ("900.00", "50.00")]
)
def test_florida_lets_a_bill_grow_by_ten_dollars_or_ten_per_cent_up_to_fifty(authorized, allowed):
    tolerance = profiles.tolerance_of(profiles.freeze("US-FL"))
    assert tolerance.of(Decimal(authorized)) == Decimal(allowed)


@pytest.mark.parametrize(
    ("code", "needs_notice", "free_business_days", "during_dispute"),
    [
        ("GENERIC", True, 0, False),
        ("FR", False, 0, True),
        ("US-CA", True, 0, True),
        ("US-FL", True, 3, True),
        ("US-MI", True, 0, False),
        ("US-NY", True, 1, True),
        ("RU", True, 0, True),
    ],
)
def test_says_what_storage_needs(code, needs_notice, free_business_days, during_dispute):
    assert profiles.storage_of(profiles.freeze(code)) == profiles.StorageRules(
        needs_notice=needs_notice,
        free_business_days=free_business_days,
        during_dispute=during_dispute,
    )


@pytest.mark.parametrize("code", CODES)
def test_rules_of_paying_late_come_back_as_they_were_frozen(code):
    assert profiles.late_of(profiles.freeze(code)) == profiles.load(code).late
    assert len(mentions.for_demand(profiles.freeze(code), of_consumer=True)) >= 3


def test_france_lets_businesses_alone_be_charged_forty_euros():
    late = profiles.late_of(profiles.freeze("FR"))
    assert (late.fixed_for_persons, late.fixed_for_businesses) == (False, True)
    assert (late.fixed_most, late.fixed_once) == (Decimal("40.00"), True)


def test_a_profile_frozen_before_there_were_rules_of_paying_late_charges_nobody():
    frozen = profiles.freeze("FR")
    del frozen["late"]
    late = profiles.late_of(frozen)
    assert (late.fixed_for_persons, late.fixed_for_businesses) == (False, False)
    assert late.person_interest_after_demand
    assert mentions.for_demand(frozen, of_consumer=True) == []


def test_a_profile_frozen_before_there_were_rules_of_storage_and_invoices_reads_the_strictest():
    frozen = profiles.freeze("FR")
    for later in (
        "invoice_mentions",
        "storage_needs_notice",
        "storage_free_business_days",
        "storage_during_dispute",
    ):
        del frozen[later]
    assert profiles.storage_of(frozen) == profiles.StorageRules(
        needs_notice=True, free_business_days=0, during_dispute=False
    )
    assert mentions.for_invoice(frozen) == []


def test_california_wants_the_added_cost_and_the_new_total_on_the_phone():
    fields = profiles.load("US-CA").oral_authorization_fields
    assert fields == ("person", "contact", "said_at", "reason", "added_cost", "new_total")


@pytest.mark.parametrize(
    ("authorized", "allowed"),
    [("50.00", "10.00"), ("222.29", "22.22"), ("900.00", "50.00")],
)
def test_a_tolerance_is_the_greater_of_two_up_to_its_cap(authorized, allowed):
    tolerance = Tolerance(
        rule=ToleranceRule.GREATER_OF,
        amount=Decimal("10.00"),
        percent=Decimal("10"),
        cap=Decimal("50.00"),
    )
    assert tolerance.of(Decimal(authorized)) == Decimal(allowed)


def test_a_tolerance_without_a_cap_comes_back_from_json():
    frozen = {"tolerance": {"rule": "greater_of", "amount": "10.00", "percent": "10", "cap": None}}
    assert profiles.tolerance_of(frozen).of(Decimal("900.00")) == Decimal("90.00")
    frozen["tolerance"]["cap"] = "50.00"
    assert profiles.tolerance_of(frozen).of(Decimal("900.00")) == Decimal("50.00")


def test_a_place_no_longer_offered_keeps_its_code_as_its_name():
    assert str(profiles.name_of({"code": "FR"})) == "France"
    assert profiles.name_of({"code": "XX-OLD"}) == "XX-OLD"


@pytest.mark.parametrize("language", ["en", "fr", "ru"])
def test_the_mentions_of_an_order_are_sentences_in_the_readers_language(language):
    with translation.override(language):
        sentences = mentions.for_estimate(profiles.freeze("FR"))
    assert len(sentences) == 4
    assert all(sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("language", ["en", "fr", "ru"])
def test_every_place_has_sentences_for_invoices_in_every_language(code, language):
    frozen = profiles.freeze(code)
    with translation.override(language):
        sentences = mentions.for_invoice(frozen)
    assert len(sentences) == len(frozen["invoice_mentions"]) >= 2
    assert all(sentence.endswith(".") for sentence in sentences)
