"""Putting the statement of open items on paper, and before the customer."""

from datetime import datetime

from django.db import transaction

from invoices import documents, emails, statements
from invoices.services import moving
from invoices.services.issuing import NoAddress
from shopdisputes.actors import Actor
from shopdisputes.audit import services as audit
from shopdisputes.customers.models import Customer
from shopdisputes.documents.models import Document


@transaction.atomic
def print_out(*, customer: Customer, by: Actor, at: datetime) -> Document:
    """Make the PDF of what is owed at ``at``, in the customer's language.

    Raises:
        NotYourTransition: not for this role.
    """
    moving.need_desk(by)
    return documents.statement(customer, statements.of(customer, at=at), at=at)


@transaction.atomic
def send(*, customer: Customer, by: Actor, at: datetime) -> Document:
    """Mail the customer what is owed at ``at``, with the PDF.

    Raises:
        NotYourTransition: not for this role.
        NoAddress: the customer has no e-mail address.
    """
    moving.need_desk(by)
    if not customer.email:
        raise NoAddress
    statement = statements.of(customer, at=at)
    document = documents.statement(customer, statement, at=at)
    audit.record(
        shop=customer.shop,
        action="statement.sent",
        target=customer,
        by=by,
        at=at,
        data={
            "to": customer.email,
            "balance": str(statement.balance),
            "collectible": str(statement.collectible),
        },
    )
    emails.statement_sent(
        customer,
        document=document,
        day=statement.on,
        balance=statement.balance,
        collectible=statement.collectible,
        disputed=statement.disputed,
        unallocated=statement.unallocated,
        at=at,
    )
    return document
