"""The days by which invoices are to be paid."""

from datetime import timedelta
from typing import Any

import pytest

from invoices import collecting
from tests.factories import NOW, DunningPositionFactory, InvoiceFactory

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


def test_are_their_own_unless_a_later_one_was_agreed_on_in_one_query_for_all(
    django_assert_num_queries: Any,
) -> None:
    # How many days after the invoice's own day steps count, and were begun anew.
    usual, agreed, begun_anew = (
        DunningPositionFactory(
            invoice__due_on=TODAY,
            base_on=TODAY + timedelta(base),
            begun_on=TODAY + timedelta(begun),
        ).invoice
        for base, begun in ((0, -14), (10, -14), (5, 5))
    )
    without = InvoiceFactory(issued=True)

    with django_assert_num_queries(1):
        days = collecting.due_days_of([usual, agreed, begun_anew, without])

    assert days == {
        usual.pk: TODAY,
        agreed.pk: TODAY + timedelta(10),
        begun_anew.pk: TODAY,
        without.pk: without.due_on,
    }
