"""The stories: each shows one thing that happens in a real shop."""

from demo.stories.during_repair import authorized_by_phone, supplement_during_the_repair
from demo.stories.inspected import (
    check_in_waits,
    checked_in_and_out,
    disagrees,
    half_way_round,
    silence,
)
from demo.stories.signed import (
    code_for_a_large_sum,
    nothing_authorized,
    signed_on_paper,
    signed_on_the_phone,
    signed_on_the_tablet,
)
from demo.stories.unanswered import (
    asks_for_a_call,
    expired_unanswered,
    resent_to_a_corrected_address,
    still_a_draft,
    waiting_for_the_customer,
)

#: In the order in which they are told.
STORIES = (
    expired_unanswered,
    nothing_authorized,
    signed_on_the_phone,
    signed_on_paper,
    code_for_a_large_sum,
    silence,
    supplement_during_the_repair,
    checked_in_and_out,
    disagrees,
    signed_on_the_tablet,
    resent_to_a_corrected_address,
    authorized_by_phone,
    waiting_for_the_customer,
    asks_for_a_call,
    still_a_draft,
    check_in_waits,
    half_way_round,
)
