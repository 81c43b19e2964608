"""Letters on paper: the address lies in the envelope's window, the sums and the days are there."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from pypdf import PdfReader

from dunning import documents
from dunning.models import Reminder
from dunning.services import fees
from dunning.states import Channel, FeeRule, Template
from invoices.models import Invoice
from shopdisputes.actors import Actor
from shopdisputes.documents import typesetting
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.jurisdictions import profiles
from shopdisputes.shops.models import Shop
from tests.factories import (
    NOW,
    BillingSettingsFactory,
    CustomerFactory,
    InvoiceFactory,
    LadderFactory,
    PaymentFactory,
    ReminderFactory,
    RepairOrderFactory,
)

pytestmark = pytest.mark.django_db

_POINTS_A_MM = 72 / 25.4
_A4_HEIGHT_MM = 297
DEMAND = {
    "template": Template.FORMAL_DEMAND,
    "channel": Channel.LETTER,
    "requires_approval": True,
    "fee_rule": FeeRule.INTEREST,
}
LETTER = {"template": Template.LAST, "channel": Channel.LETTER, "pay_within_days": 7}
RATES = {"interest_business": Decimal("12.00")}


def reminders(
    shop: Shop, step: dict[str, Any], *, totals: tuple[str, ...] = ("1000.00",), **customer: Any
) -> list[Reminder]:
    """Return queued reminders of one payer, 30 days late."""
    payer = CustomerFactory(shop=shop, **{"name": "Camille Durand", "kind": "business"} | customer)
    ladder = LadderFactory(shop=shop, steps=[step], limits=RATES)
    rung = ladder.versions.get().steps.get()
    made = [
        ReminderFactory(
            invoice=InvoiceFactory(
                repair_order=RepairOrderFactory(
                    shop=shop,
                    vehicle__customer=payer,
                    profile=profiles.freeze(shop.jurisdiction),
                ),
                issued=True,
                total=Decimal(total),
                created_at=NOW - timedelta(days=45),
                due_on=date(2026, 2, 14),
                language=payer.language,
            ),
            step=rung,
            approved_by="Olga Owner",
        )
        for total in totals
    ]
    found = Reminder.objects.with_everything().select_related(
        "invoice__shop",
        "invoice__customer",
        "invoice__repair_order__vehicle",
        "customer__shop",
    )
    return list(found.filter(pk__in=[each.pk for each in made]).order_by("amount"))


def letter(made: list[Reminder], **kwargs: Any) -> Document:
    kwargs.setdefault("pay_by", date(2026, 3, 31))
    return documents.letter(customer=made[0].customer, reminders=made, at=NOW, **kwargs)


def pdf_of(document: Document) -> bytes:
    return typesetting.typeset(document, at=NOW).content


def words_of(pdf: bytes) -> str:
    pages = PdfReader(BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def places(pdf: bytes, words: str) -> Iterator[tuple[float, float, float, float]]:
    """Yield where some words stand on the first page: left, top, right, bottom in millimetres."""
    page = pypdfium2.PdfDocument(pdf)[0]
    text = page.get_textpage()
    search = text.search(words)
    while found := search.get_next():
        start, count = found
        boxes = [text.get_charbox(index) for index in range(start, start + count)]
        yield (
            min(box[0] for box in boxes) / _POINTS_A_MM,
            _A4_HEIGHT_MM - max(box[3] for box in boxes) / _POINTS_A_MM,
            max(box[2] for box in boxes) / _POINTS_A_MM,
            _A4_HEIGHT_MM - min(box[1] for box in boxes) / _POINTS_A_MM,
        )


@pytest.mark.parametrize(
    ("country", "left", "top", "right", "bottom"),
    [
        # DIN 5008 form B: the zone of the address, 62.7 to 90 mm from above.
        ("DE", 20, 62.7, 105, 90),
        # 110 × 220 mm, window of 100 × 35 mm on the right; the sheet has 11 mm and 10 mm of play.
        ("FR", 100, 55, 190, 79),
    ],
)
def test_the_address_lies_in_the_window(
    shop: Shop, country: str, left: float, top: float, right: float, bottom: float
) -> None:
    shop.country = country
    shop.save()
    payer = {"line2": "Bâtiment C, 2e étage", "country": country}
    pdf = pdf_of(letter(reminders(shop, LETTER, **payer)))

    for line in ("Camille Durand", "3 quai Perrache", "Bâtiment C, 2e étage", "69002 Lyon"):
        inside = [
            place
            for place in places(pdf, line)
            if left <= place[0] and top <= place[1] and place[2] <= right and place[3] <= bottom
        ]
        assert len(inside) == 1, line
    # Nothing else shows in the window.
    page = pypdfium2.PdfDocument(pdf)[0]
    seen = page.get_textpage().get_text_bounded(
        left=left * _POINTS_A_MM,
        right=right * _POINTS_A_MM,
        top=(_A4_HEIGHT_MM - top) * _POINTS_A_MM,
        bottom=(_A4_HEIGHT_MM - bottom) * _POINTS_A_MM,
    )
    assert " ".join(seen.split()) == (
        "Camille Durand 3 quai Perrache Bâtiment C, 2e étage 69002 Lyon"
    )


def test_a_letter_says_what_is_owed_and_how_to_pay(shop: Shop) -> None:
    BillingSettingsFactory(shop=shop)
    made = reminders(shop, LETTER, totals=("200.00", "1000.00"))
    PaymentFactory(on=made[1].invoice, amount=Decimal("300.00"))

    document = letter(made, pay_by=date(2026, 3, 23))
    words = words_of(pdf_of(document))

    assert document.kind == DocumentKind.REMINDER_LETTER
    for each in made:
        assert each.invoice.number in words
    assert "FR76 3000 6000 0112 3456 7890 189" in words
    assert "€900.00" in words
    assert "€300.00" in words
    assert "Mar 23, 2026" in words
    # A code to scan for each of them; nobody can open a link on paper.
    assert document.html.count('class="payment-code"') == 2
    assert "http" not in words
    assert "Interest" not in words


def test_a_formal_demand_computes_interest_day_by_day(shop: Shop, by: Actor) -> None:
    shop.jurisdiction = "FR"
    shop.save()
    BillingSettingsFactory(shop=shop)
    made = reminders(shop, DEMAND)
    (fee,) = fees.propose(reminders=made, at=NOW - timedelta(days=10))
    Reminder.objects.update(status="sent", ended_at=NOW - timedelta(days=10))
    fees.claim(fee=fee, by=by, at=NOW - timedelta(days=10))

    words = words_of(pdf_of(letter(list(_again(made)))))

    assert "FORMAL DEMAND" in words.upper()
    # 20 days are claimed and asked for, ten more have run up since.
    assert "Feb 15, 2026 Mar 6, 2026 20 €1,000.00 12% €6.58" in words
    assert "Mar 7, 2026 Mar 16, 2026 10 €1,000.00 12% €3.29" in words
    assert "€1,006.58" in words
    assert "Each further day comes to €0.33." in words
    assert "injonction de payer" in words
    # Mediation is for consumers.
    assert "mediator" not in words


@pytest.mark.parametrize("language", ["en", "fr", "ru"])
@pytest.mark.parametrize("step", [LETTER, DEMAND])
def test_every_language_is_typeset(shop: Shop, language: str, step: dict[str, Any]) -> None:
    BillingSettingsFactory(shop=shop)
    shop.jurisdiction = {"en": "GENERIC", "fr": "FR", "ru": "RU"}[language]
    shop.mediator = "Mediator of the trade, Paris"
    shop.save()
    made = reminders(shop, step, language=language, kind="person")
    document = letter(made)
    assert document.language == language
    words = words_of(pdf_of(document))
    assert made[0].invoice.number in words
    assert "#" not in words
    demand = step is DEMAND
    assert document.kind == (DocumentKind.FORMAL_DEMAND if demand else DocumentKind.REMINDER_LETTER)
    assert ("Mediator of the trade, Paris" in words) == demand


def test_the_address_sheet_lists_each_letter_once(shop: Shop) -> None:
    made = reminders(shop, LETTER, totals=("200.00", "1000.00"))
    document = letter(made)
    Reminder.objects.filter(pk__in=[each.pk for each in made]).update(document=document)

    sheet = documents.address_sheet(shop=shop, documents=[document], at=NOW)

    words = words_of(pdf_of(sheet))
    assert words.count("3 quai Perrache") == 1
    assert f"{made[0].invoice.number}, {made[1].invoice.number}" in words
    assert "€1,200.00" in words


def _again(made: list[Reminder]) -> Iterator[Reminder]:
    for each in made:
        each.invoice = Invoice.objects.with_everything().get(pk=each.invoice_id)
        yield each
