"""The stories: each shows one thing that happens in a real shop."""

from demo.stories.billed import (
    late_payer,
    late_payer_again,
    paid_at_the_counter,
    pays_in_instalments,
    says_it_is_paid,
    stands_in_the_yard,
)
from demo.stories.charged_back import (
    bank_decides_for_the_customer,
    bank_decides_for_the_shop,
    bank_waits_for_evidence,
)
from demo.stories.comeback import done_again, refused_comeback
from demo.stories.contested import contests_the_price
from demo.stories.during_repair import authorized_by_phone, supplement_during_the_repair
from demo.stories.inspected import (
    check_in_waits,
    checked_in_and_out,
    disagrees,
    half_way_round,
    silence,
)
from demo.stories.reminded import (
    asked_day_by_day,
    mail_comes_back,
    told_before_it_is_due,
    wants_a_call,
)
from demo.stories.settled import answers_with_an_offer, settles_by_a_credit
from demo.stories.signed import (
    code_for_a_large_sum,
    nothing_authorized,
    signed_on_paper,
    signed_on_the_phone,
    signed_on_the_tablet,
)
from demo.stories.stopped import stopped_half_way
from demo.stories.unanswered import (
    asks_for_a_call,
    expired_unanswered,
    resent_to_a_corrected_address,
    still_a_draft,
    waiting_for_the_customer,
)
from demo.stories.undecided import (
    bank_statement,
    blocked_draft,
    called_off,
    plan_waits,
    something_is_wrong,
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
    # Bills, the oldest first: their numbers follow their days.
    late_payer,
    bank_decides_for_the_shop,
    bank_decides_for_the_customer,
    pays_in_instalments,
    wants_a_call,
    late_payer_again,
    mail_comes_back,
    says_it_is_paid,
    refused_comeback,
    stands_in_the_yard,
    told_before_it_is_due,
    done_again,
    bank_waits_for_evidence,
    stopped_half_way,
    settles_by_a_credit,
    contests_the_price,
    paid_at_the_counter,
    answers_with_an_offer,
    something_is_wrong,
    plan_waits,
    called_off,
    blocked_draft,
    bank_statement,
    # The clockwork went by every day.
    asked_day_by_day,
)
