"""The words of reminders: hashtags, ready-made words, versions, and how they read."""

from typing import Any

import pytest

from dunning import hashtags, previewing
from dunning.models import ReminderText
from dunning.ready_made import WORDINGS
from dunning.services import texts
from dunning.states import Template
from shopdisputes.actors import Actor, Role
from shopdisputes.audit.models import AuditEvent
from shopdisputes.shops.models import Shop
from shopdisputes.transitions import NotYourTransition
from tests.factories import NOW, CustomerFactory, HoldFactory, InvoiceFactory

WORDS = {"subject": "A word about #number", "body": "Hello #customer,\n\n#items\n\n#amount."}


def wording(language: str, template: Template, **values: str) -> str:
    return hashtags.fill(WORDINGS[language][template].body, values)


@pytest.mark.parametrize("language", ["en", "fr", "ru"])
@pytest.mark.parametrize("template", Template)
def test_the_ready_made_words_are_complete_and_calm(language: str, template: Template) -> None:
    made = WORDINGS[language][template]

    assert hashtags.check(template=template, subject=made.subject, body=made.body) == {}
    assert "!" not in made.subject + made.body
    for tag in ("#items", "#amount", "#disputed_note"):
        assert tag in made.body
    # A step that names a last day gives one, and only such a step.
    assert ("#pay_by" in made.body) == (template in hashtags.GIVES_TIME)
    if template != Template.CALL:
        assert {"#link", "#how_to_pay", "#contact"} <= set(made.body.split())


@pytest.mark.parametrize(
    ("template", "changes", "field", "said"),
    [
        ("friendly", {"subject": " "}, "subject", "Write a subject."),
        ("friendly", {"subject": "x" * 151}, "subject", "At most 150 characters."),
        ("friendly", {"subject": "a\nb"}, "subject", "A subject is one line."),
        ("friendly", {"subject": "#items"}, "subject", "#items may become several lines"),
        ("friendly", {"subject": "#nobody"}, "subject", "Not a hashtag of this text: #nobody."),
        ("friendly", {"body": "\n"}, "body", "Write the text."),
        ("friendly", {"body": "x" * 4001}, "body", "At most 4,000 characters."),
        ("friendly", {"body": "#customers"}, "body", "Not a hashtag of this text: #customers."),
        ("friendly", {"body": "Pay by #pay_by"}, "body", "Not a hashtag of this text: #pay_by."),
        ("preventive", {"body": "#days_late"}, "body", "Not a hashtag of this text: #days_late."),
        ("call", {"body": "#link"}, "body", "Not a hashtag of this text: #link."),
        ("friendly", {"body": "Here: #link"}, "body", "#link may become several lines: put it"),
    ],
)
def test_says_what_is_wrong_with_a_text(
    template: str, changes: dict[str, str], field: str, said: str
) -> None:
    problems = hashtags.check(template=template, **WORDS | changes)
    assert list(problems) == [field]
    assert problems[field].startswith(said)


def test_what_only_looks_like_a_hashtag_is_left_alone() -> None:
    body = "See https://shop.example/#amount or room #12, e-mail a#amount, l'#amount."
    assert hashtags.check(template="friendly", subject="x", body=body) == {}
    assert hashtags.fill(body, {"amount": "5 €"}) == (
        "See https://shop.example/#amount or room #12, e-mail a#amount, l'5 €."
    )


def test_a_value_that_looks_like_a_hashtag_is_not_filled_again() -> None:
    values = {"shop": "#amount", "amount": "5 €"}
    assert hashtags.fill("#shop asks for #amount", values) == "#amount asks for 5 €"


def test_a_block_without_anything_to_say_leaves_no_hole() -> None:
    body = "Hello.\n\n#items\n\n#disputed_note\n\n#link\n\nBye."
    assert hashtags.fill(body, {"items": "- A\n- B"}) == "Hello.\n\n- A\n- B\n\nBye."
    assert [(each.block, each.text) for each in hashtags.paragraphs(body)] == [
        ("", "Hello."),
        ("items", "#items"),
        ("disputed_note", "#disputed_note"),
        ("link", "#link"),
        ("", "Bye."),
    ]


@pytest.fixture
def words(shop: Shop) -> Shop:
    """A shop with its ready-made texts."""
    texts.install(shop=shop, at=NOW)
    return shop


def change(shop: Shop, by: Actor, **changes: Any) -> ReminderText:
    facts = {"template": "friendly", "language": "fr", **WORDS} | changes
    return texts.change(shop=shop, by=by, at=NOW, **facts)


def test_new_words_are_a_version_and_the_same_again_are_none(words: Shop, by: Actor) -> None:
    first = change(words, by)
    again = change(words, by, body=WORDS["body"].replace("\n", "\r\n") + "\n ")

    assert (first.version, again.version) == (2, 2)
    in_force = ReminderText.objects.for_shop(words).in_force()
    assert in_force.count() == 18
    assert in_force.get(template="friendly", language="fr").body == WORDS["body"]
    assert in_force.get(template="friendly", language="en").version == 1
    (event,) = AuditEvent.objects.for_shop(words)
    assert event.action == "reminder_text.changed"
    assert (event.data["template"], event.data["version"]) == ("friendly", 2)


def test_words_that_cannot_be_used_change_nothing(words: Shop, by: Actor) -> None:
    with pytest.raises(texts.ReminderTextRefused) as refusal:
        change(words, by, subject="#link", body="#pay_by")
    assert sorted(refusal.value.fields) == ["body", "subject"]
    assert not ReminderText.objects.filter(version=2).exists()


def test_only_the_management_words_reminders(words: Shop) -> None:
    with pytest.raises(NotYourTransition):
        change(words, Actor(role=Role.ADVISOR, name="Nora"))
    assert not ReminderText.objects.filter(version=2).exists()


def shown(shop: Shop, **facts: Any) -> Any:
    made = WORDINGS["fr"][Template.LAST]
    usual = {"template": "last", "subject": made.subject, "body": made.body, "customer": None}
    return previewing.shown(shop=shop, language="fr", at=NOW, **usual | facts)


def test_a_preview_speaks_of_a_customers_own_invoices(words: Shop) -> None:
    customer = CustomerFactory(shop=words, name="Lucie Bernard")
    facts = {"repair_order__vehicle__customer": customer, "repair_order__shop": words}
    owed = InvoiceFactory(shop=words, issued=True, **facts)
    held = InvoiceFactory(shop=words, issued=True, **facts)
    HoldFactory(invoice=held, amount=None)

    wording = shown(words, customer=customer)

    assert previewing.customers(words) == [customer]
    assert wording.text.startswith("Bonjour Lucie Bernard,")
    assert owed.number in wording.text
    assert held.number not in wording.text
    assert "23 mars 2026" in wording.text
    assert "[[link:" not in wording.text + wording.html


def test_notes_for_a_call_are_shown_as_they_are_said(words: Shop) -> None:
    made = WORDINGS["fr"][Template.CALL]
    wording = shown(words, template="call", subject=made.subject, body=made.body)
    assert wording.subject == "Appeler Alex Martin au sujet de INV-2026-0042"
    assert wording.text.startswith(f"Bonjour, ici {words.name}.")
    assert "\n--\n" not in wording.text


def test_a_preview_without_a_customer_is_an_example(words: Shop) -> None:
    wording = shown(words)
    assert "INV-2026-0042" in wording.subject
    assert "223,08" in wording.text
    assert "#" not in wording.text


def test_a_subject_names_the_first_of_many_invoices(words: Shop) -> None:
    customer = CustomerFactory(shop=words)
    numbers = [InvoiceFactory(customer=customer, issued=True).number for _invoice in range(4)]

    said = shown(words, customer=customer, subject="Open: #number", body="#number")

    *named, rest = said.subject.removeprefix("Open: ").split(", ")
    assert (len(named), set(named) < set(numbers), rest) == (3, True, "…")
    assert all(number in said.text for number in numbers)
