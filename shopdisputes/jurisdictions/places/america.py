"""Four states of the United States."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from shopdisputes.jurisdictions.places.common import DEMAND, ORAL_FIELDS, VERSION, sources
from shopdisputes.jurisdictions.rules import (
    Certainty,
    LateRules,
    Profile,
    ProfileStatus,
    Tolerance,
    ToleranceRule,
)

_C = Certainty
#: 16 CCR 3353(c): what must be said before a vehicle is taken apart.
_TEARDOWN_FIELDS = (
    "cost",
    "areas",
    "reassembly_cost",
    "destroyed_parts",
    "longest_reassembly_time",
    "may_prevent_restoration",
)

#: A late charge is a matter of agreement here; none is asked of consumers unless it is known.
_LATE = LateRules(
    fixed_for_businesses=True,
    fixed_once=False,
    person_interest_after_demand=False,
    demand_mentions=(*DEMAND, "demand_court_may_follow"),
)

CALIFORNIA = Profile(
    code="US-CA",
    name=_("California"),
    version=VERSION,
    status=ProfileStatus.DRAFT,
    tolerance=Tolerance(),
    oral_authorization_allowed=True,
    oral_authorization_fields=(*ORAL_FIELDS, "added_cost", "new_total"),
    oral_objection=True,
    teardown_disclosure=True,
    teardown_fields=_TEARDOWN_FIELDS,
    estimate_validity_days=30,
    mentions=(
        "no_work_without_agreement",
        "part_condition_stated",
        "replaced_parts_returned",
        "teardown_explained",
    ),
    invoice_mentions=(
        "authorization_on_each_line",
        "part_condition_stated",
        "contest_the_part_that_is_wrong",
    ),
    storage_needs_notice=True,
    storage_free_business_days=0,
    storage_during_dispute=True,
    late=_LATE,
    shop_fields=("registration_number", "line1", "postal_code", "city", "phone"),
    vehicle_fields=("plate", "odometer"),
    sources=sources(
        [
            ("estimate given and authorized before any work", "16 CCR § 3353", _C.PRIMARY),
            (
                "no work and no charge above the estimate without a new authorization",
                "16 CCR § 3354(a)",
                _C.PRIMARY,
            ),
            ("no other method and no other parts", "16 CCR § 3354(b)", _C.PRIMARY),
            ("teardown estimate and its contents", "16 CCR § 3353(c)", _C.PRIMARY),
            ("replaced parts returned on request", "16 CCR § 3355", _C.PRIMARY),
            ("part condition, registration number", "16 CCR § 3356", _C.PRIMARY),
            (
                "date, time, name and number of an oral authorization",
                "Bureau of Automotive Repair, newsletter of spring 2022",
                _C.PRIMARY,
            ),
            (
                "reason, added cost and revised total of an oral authorization",
                "California Autobody Association, October 2019",
                _C.SECONDARY,
            ),
            ("authorization printed on the invoice", "16 CCR § 3356(d), (e)", _C.PRIMARY),
            (
                "daily rate of storage on the written statement of charges",
                "California Civil Code § 3068",
                _C.SECONDARY,
            ),
        ]
    ),
)

FLORIDA = Profile(
    code="US-FL",
    name=_("Florida"),
    version=VERSION,
    status=ProfileStatus.DRAFT,
    tolerance=Tolerance(
        rule=ToleranceRule.GREATER_OF,
        amount=Decimal("10.00"),
        percent=Decimal("10"),
        cap=Decimal("50.00"),
    ),
    oral_authorization_allowed=True,
    oral_authorization_fields=(*ORAL_FIELDS, "added_cost", "new_total"),
    oral_objection=True,
    teardown_disclosure=True,
    teardown_fields=("cost", "reassembly_cost", "destroyed_parts"),
    estimate_validity_days=30,
    mentions=("no_work_without_agreement", "part_condition_stated", "teardown_explained"),
    invoice_mentions=(
        "authorization_on_each_line",
        "part_condition_stated",
        "contest_the_part_that_is_wrong",
    ),
    storage_needs_notice=True,
    storage_free_business_days=3,
    storage_during_dispute=True,
    late=_LATE,
    shop_fields=("registration_number", "line1", "postal_code", "city", "phone"),
    vehicle_fields=("plate", "odometer"),
    sources=sources(
        [
            ("written estimate above 100 dollars", "Florida Statutes § 559.905", _C.SECONDARY),
            (
                "told at once when the bill grows by more than the greater of 10 dollars and"
                " 10 per cent, at most 50 dollars",
                "Florida Statutes § 559.909(1)",
                _C.PRIMARY,
            ),
            (
                "teardown, destroyed parts and reassembly only when announced before",
                "Florida Statutes § 559.909(2)",
                _C.PRIMARY,
            ),
            (
                "storage from the third working day after the notice of completion",
                "The Docket, 2021, summary of the Florida Motor Vehicle Repair Act",
                _C.SECONDARY,
            ),
            ("invoice at completion", "Florida Statutes § 559.911", _C.UNVERIFIED),
        ]
    ),
)

MICHIGAN = Profile(
    code="US-MI",
    name=_("Michigan"),
    version=VERSION,
    status=ProfileStatus.DRAFT,
    # An older rule allowed 10 dollars or 10 per cent; whether it still stands was not read.
    tolerance=Tolerance(),
    oral_authorization_allowed=True,
    oral_authorization_fields=(*ORAL_FIELDS, "added_cost", "new_total"),
    oral_objection=True,
    teardown_disclosure=True,
    teardown_fields=("cost", "reassembly_cost"),
    estimate_validity_days=30,
    mentions=("no_work_without_agreement", "part_condition_stated", "teardown_explained"),
    invoice_mentions=(
        "authorization_on_each_line",
        "part_condition_stated",
        "no_storage_during_dispute",
        "contest_the_part_that_is_wrong",
    ),
    storage_needs_notice=True,
    storage_free_business_days=0,
    storage_during_dispute=False,
    late=_LATE,
    shop_fields=("registration_number", "line1", "postal_code", "city", "phone"),
    vehicle_fields=("plate", "odometer"),
    sources=sources(
        [
            ("written estimate unless waived", "MCL 257.1307e(a), (e)", _C.PRIMARY),
            (
                "no charge above the estimate without knowing consent",
                "MCL 257.1307e(b)",
                _C.PRIMARY,
            ),
            ("diagnosis, teardown and reassembly estimated", "MCL 257.1307e(c)", _C.PRIMARY),
            ("no storage while the charges are disputed", "MCL 257.1307e(f)", _C.PRIMARY),
            (
                "what is noted of an authorization by phone",
                "Michigan Department of State, amended estimates",
                _C.SECONDARY,
            ),
        ]
    ),
)

NEW_YORK = Profile(
    code="US-NY",
    name=_("New York"),
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
        "part_condition_stated",
        "replaced_parts_returned",
    ),
    invoice_mentions=(
        "authorization_on_each_line",
        "part_condition_stated",
        "contest_the_part_that_is_wrong",
    ),
    storage_needs_notice=True,
    storage_free_business_days=1,
    storage_during_dispute=True,
    late=_LATE,
    shop_fields=("registration_number", "line1", "postal_code", "city", "phone"),
    vehicle_fields=("plate", "odometer"),
    sources=sources(
        [
            ("written estimate on request", "15 NYCRR 82.5(a), text of 2007", _C.PRIMARY),
            ("no charge above it without consent", "15 NYCRR 82.5, text of 2007", _C.PRIMARY),
            (
                "storage after a written notice, from the second business day on",
                "15 NYCRR 82.8(c)",
                _C.PRIMARY,
            ),
            (
                "what is owed when the repair is stopped: labour performed, parts installed,"
                " parts not returnable, storage lawfully imposed",
                "15 NYCRR 82.8(d)",
                _C.PRIMARY,
            ),
            (
                "invoice with all work, used and rebuilt parts stated; replaced parts returned",
                "Vehicle and Traffic Law § 398-d",
                _C.PRIMARY,
            ),
        ]
    ),
)
