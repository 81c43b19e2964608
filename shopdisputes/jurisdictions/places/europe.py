"""The general rules, France and Russia."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shopdisputes.jurisdictions.places.common import DEMAND, ORAL_FIELDS, VERSION, sources
from shopdisputes.jurisdictions.rules import (
    Certainty,
    LateRules,
    Profile,
    ProfileStatus,
    Tolerance,
)

_C = Certainty

GENERIC = Profile(
    code="GENERIC",
    name=_("General rules"),
    version=VERSION,
    status=ProfileStatus.DRAFT,
    # The strictest choice where nothing is known: nobody is billed above what they agreed to.
    tolerance=Tolerance(),
    oral_authorization_allowed=True,
    oral_authorization_fields=ORAL_FIELDS,
    oral_objection=True,
    teardown_disclosure=True,
    teardown_fields=("cost", "reassembly_cost", "destroyed_parts"),
    estimate_validity_days=30,
    mentions=("no_work_without_agreement",),
    invoice_mentions=("authorization_on_each_line", "contest_the_part_that_is_wrong"),
    # Nothing is known: the choice that costs the customer least.
    storage_needs_notice=True,
    storage_free_business_days=0,
    storage_during_dispute=False,
    late=LateRules(
        # By agreement between businesses; nothing is known of consumers, so nothing is asked.
        fixed_for_businesses=True,
        fixed_once=False,
        demand_mentions=(*DEMAND, "demand_court_may_follow"),
    ),
    shop_fields=("line1", "postal_code", "city", "phone"),
    vehicle_fields=("plate",),
    sources=(),
)

FRANCE = Profile(
    code="FR",
    name=_("France"),
    version=VERSION,
    status=ProfileStatus.DRAFT,
    tolerance=Tolerance(),
    oral_authorization_allowed=True,
    oral_authorization_fields=ORAL_FIELDS,
    oral_objection=True,
    teardown_disclosure=True,
    teardown_fields=("cost", "reassembly_cost", "destroyed_parts"),
    estimate_validity_days=30,
    mentions=(
        "no_work_without_agreement",
        "reused_parts_offered",
        "replaced_parts_returned",
        "consumer_mediator",
    ),
    invoice_mentions=(
        "authorization_on_each_line",
        "goods_and_services",
        "no_discount_for_early_payment",
        "late_payment_by_businesses",
        "contest_the_part_that_is_wrong",
        "consumer_mediator",
    ),
    storage_needs_notice=False,
    storage_free_business_days=0,
    storage_during_dispute=True,
    late=LateRules(
        fixed_for_businesses=True,
        fixed_most=Decimal("40.00"),
        demand_mentions=(
            "demand_starts_legal_interest",
            *DEMAND,
            "consumer_mediator",
            "demand_payment_order_may_follow",
        ),
    ),
    shop_fields=(
        "legal_name",
        "registration_number",
        "tax_number",
        "line1",
        "postal_code",
        "city",
        "phone",
        "mediator",
    ),
    vehicle_fields=("plate", "odometer"),
    sources=sources(
        [
            (
                "price told before the contract",
                "Code de la consommation, art. L111-1",
                _C.SECONDARY,
            ),
            (
                "the shop proves that work was ordered; no added work without agreement",
                "Code civil, art. 1353; case law on the ordre de réparation",
                _C.SECONDARY,
            ),
            ("writing above 1,500 euros", "Code civil, art. 1359", _C.SECONDARY),
            (
                "reused parts offered",
                "Code de la consommation, art. L224-67",
                _C.UNVERIFIED,
            ),
            ("consumer mediator named", "Code de la consommation, art. L616-1", _C.UNVERIFIED),
            (
                "storage of a vehicle left for repair is presumed to be paid for",
                "Cass. civ. 1re, 5 April 2005, n° 02-16.926; 19 April 2023, n° 22-11.331",
                _C.SECONDARY,
            ),
            (
                "terms of late payment between businesses, 40 euros for recovery",
                "Code de commerce, art. L441-10 and D441-5",
                _C.UNVERIFIED,
            ),
            (
                "consumers owe interest at the legal rate from a formal demand on",
                "Code civil, art. 1231-6, 1344 and 1344-1",
                _C.SECONDARY,
            ),
        ]
    ),
)

RUSSIA = Profile(
    code="RU",
    name=_("Russia"),
    version=VERSION,
    status=ProfileStatus.DRAFT,
    tolerance=Tolerance(),
    oral_authorization_allowed=True,
    oral_authorization_fields=(*ORAL_FIELDS, "added_cost", "new_total"),
    oral_objection=True,
    teardown_disclosure=True,
    teardown_fields=("cost", "reassembly_cost", "destroyed_parts"),
    estimate_validity_days=30,
    mentions=("no_work_without_agreement", "replaced_parts_returned"),
    invoice_mentions=(
        "authorization_on_each_line",
        "checked_at_collection",
        "cash_register_receipt",
        "contest_the_part_that_is_wrong",
    ),
    storage_needs_notice=True,
    storage_free_business_days=0,
    storage_during_dispute=True,
    late=LateRules(
        # A penalty needs a written agreement; interest is due by law, from the day of delay.
        person_interest_after_demand=False,
        demand_mentions=(*DEMAND, "demand_claim_before_court"),
    ),
    shop_fields=(
        "legal_name",
        "registration_number",
        "tax_number",
        "line1",
        "postal_code",
        "city",
        "phone",
    ),
    vehicle_fields=("plate", "vin", "odometer"),
    sources=sources(
        [
            (
                "contents of the work order",
                "Government Decree 290 of 11 April 2001",
                _C.SECONDARY,
            ),
            (
                "further work needs a contract of its own",
                "Government Decree 290 of 11 April 2001, para. 29",
                _C.SECONDARY,
            ),
            (
                "warning before the price grows considerably",
                "Civil Code, art. 709(5)",
                _C.UNVERIFIED,
            ),
            (
                "the customer may stop at any time and pays for what was done",
                "Civil Code, art. 717; Law on consumer rights, art. 32",
                _C.UNVERIFIED,
            ),
            (
                "written warning before a vehicle left behind is dealt with",
                "Civil Code, art. 738 and 899",
                _C.UNVERIFIED,
            ),
            ("cash register receipt", "Federal Law 54-FZ", _C.UNVERIFIED),
            ("interest on money withheld", "Civil Code, art. 395", _C.UNVERIFIED),
            ("a penalty needs a written agreement", "Civil Code, art. 331", _C.UNVERIFIED),
        ]
    ),
)
