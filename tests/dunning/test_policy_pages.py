"""The settings' pages about ladders, texts and the pause, and a customer's own ladder."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dunning import rungs
from dunning.forms.ladders import LadderEditor
from dunning.models import CustomerLadder, Ladder, LadderVersion, ReminderText, settings_of
from dunning.rungs import Limits, StepInput
from dunning.services import ladders, texts
from dunning.states import Template
from shopdisputes.actors import Actor, Role
from shopdisputes.shops.models import Membership, Shop
from tests.factories import NOW, CustomerFactory, staff
from tests.factories.dunning import CustomerLadderFactory, DunningPositionFactory

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def boss(owner: Membership, client: Client) -> Client:
    """The owner at the browser; the shop has its ladders and texts."""
    ladders.install(shop=owner.shop, at=NOW)
    texts.install(shop=owner.shop, at=NOW)
    client.force_login(owner.user, backend=BACKEND)
    return client


@pytest.fixture
def usual(boss: Client, shop: Shop) -> Ladder:
    return Ladder.objects.for_shop(shop).get(is_default=True)


def page(ladder: Ladder) -> str:
    return reverse("ladder", args=[ladder.pk])


def as_shown(client: Client, url: str) -> dict[str, Any]:
    """Return what the editor's form would post as it stands."""
    context = client.get(url).context
    posted: dict[str, Any] = {"rows": [row.key for row in context["editor"].rows]}
    for form in (context["form"], *context["editor"].rows):
        for field in form:
            value = field.value()
            if value not in (None, "", False):
                posted[field.html_name] = "on" if value is True else str(value)
    if context["newest"]:
        posted["based_on"] = str(context["newest"].number)
    return posted


def field(posted: dict[str, Any], row: int, name: str) -> str:
    return f"row-{posted['rows'][row]}-{name}"


def test_shows_every_ladder_with_its_steps_the_usual_one_first(boss: Client, shop: Shop) -> None:
    rows = boss.get(reverse("ladder-list")).context["rows"]
    assert [ladder.name for ladder, _version, _steps in rows] == [
        "Usual",
        "Businesses",
        "Gentle, with calls",
    ]
    first = rows[0][2][0]
    assert (first.when, first.what) == (
        "3 days before the due day",
        "Before the due day · E-mail",
    )
    last = rows[0][2][-1]
    assert last.more == ["only when somebody approves it", "gives 15 days to pay"]


def test_nothing_is_in_force_before_what_it_changes_was_seen(
    boss: Client, usual: Ladder, shop: Shop
) -> None:
    due_on = NOW.date() - timedelta(days=3)
    friendly = DunningPositionFactory(
        shop=shop, invoice__due_on=due_on, begun_on=due_on, look_on=NOW.date()
    )
    posted = as_shown(boss, page(usual))
    posted[field(posted, 1, "days")] = "5"

    seen = boss.post(page(usual), posted | {"do": "review"})

    assert seen.status_code == 200
    assert LadderVersion.objects.filter(ladder=usual).count() == 1
    differences = seen.context["differences"]
    assert [(step.when, was) for step, was in differences.altered] == [
        ("5 days after the due day", ["3 days after the due day"])
    ]
    assert not differences.added
    moved = [
        (changed.day, each.change, each.numbers, each.earlier_on)
        for changed in seen.context["coming"]
        for each in changed.differences
    ]
    number = friendly.invoice.number
    today = NOW.date()
    assert moved == [(today + timedelta(days=2), "moved", [number], today)]

    back = boss.post(page(usual), posted | {"do": "back"})
    assert back.context["editor"].rows[1]["days"].value() == "5"

    confirmed = boss.post(page(usual), posted | {"do": "confirm"})
    assert (confirmed.status_code, confirmed.url) == (303, page(usual))
    version = LadderVersion.objects.get(ladder=usual, number=2)
    steps = version.steps.order_by("position")
    assert [(step.key, step.offset_days) for step in steps] == [
        *((1, -3), (2, 5), (3, 10), (4, 20), (5, 30))
    ]


def test_a_version_that_was_never_shown_to_anybody_breaks_nothing(
    boss: Client, usual: Ladder
) -> None:
    posted = as_shown(boss, page(usual)) | {"based_on": "9" * 5000, "do": "confirm"}
    assert boss.post(page(usual), posted).status_code == 303
    assert LadderVersion.objects.filter(ladder=usual).count() == 1


def test_what_the_review_carries_is_what_was_typed(boss: Client, usual: Ladder) -> None:
    posted = as_shown(boss, page(usual)) | {"min_gap_days": "4"}
    seen = boss.post(page(usual), posted | {"do": "review"})
    carried: dict[str, Any] = {}
    for name, value in seen.context["posted"]:
        carried.setdefault(name, []).append(value)
    assert carried == {
        name: value if isinstance(value, list) else [value] for name, value in posted.items()
    }


def test_rows_are_added_taken_away_and_brought_back_without_a_script(
    boss: Client, usual: Ladder
) -> None:
    posted = as_shown(boss, page(usual))
    gone = posted["rows"][2]

    removed = boss.post(page(usual), posted | {"do": f"remove:{gone}"}).context["editor"]
    assert [row.key for row in removed.rows if row.removed] == [gone]
    posted[f"row-{gone}-removed"] = "1"
    posted[field(posted, 1, "days")] = "25"

    added = boss.post(page(usual), posted | {"do": "add"}).context["editor"]
    assert [row.offset for row in added.rows] == [-3, 10, 20, 25, 30, 40]
    assert added.rows[-1].focused

    restored = boss.post(page(usual), posted | {"do": f"restore:{gone}"}).context["editor"]
    assert not any(row.removed for row in restored.rows)
    assert LadderVersion.objects.filter(ladder=usual).count() == 1


def test_a_new_step_says_what_usually_follows_the_steps_before_it() -> None:
    editor = LadderEditor()
    for _step in range(6):
        editor.add()

    shown = [(row.offset, row["channel"].value(), row["template"].value()) for row in editor.rows]
    assert shown == [
        (3, "email", "friendly"),
        (13, "email", "something_wrong"),
        (23, "email", "last"),
        (33, "letter", "formal_demand"),
        (43, "call", "friendly"),
        (53, "call", "friendly"),
    ]
    assert [row["pay_within_days"].value() for row in editor.rows] == ["", "", 7, 15, "", ""]
    assert [row["requires_approval"].value() for row in editor.rows].index(True) == 3


def test_an_error_stands_at_its_field_and_nothing_typed_is_lost(
    boss: Client, usual: Ladder
) -> None:
    posted = as_shown(boss, page(usual)) | {"name": "Ours", "min_amount": "a lot"}
    posted[field(posted, 1, "days")] = "10"
    posted[field(posted, 4, "requires_approval")] = ""

    first = boss.post(page(usual), posted | {"do": "review"})
    assert first.status_code == 422
    assert first.context["form"].errors["min_amount"] == ["Write an amount, for example 12.50."]

    second = boss.post(page(usual), posted | {"do": "review", "min_amount": "2,50"})
    assert second.status_code == 422
    rows = second.context["editor"].rows
    assert [dict(row.errors) for row in rows] == [
        {},
        {},
        {"days": ["Another step has this day already."]},
        {},
        {"requires_approval": ["A formal demand never leaves by itself."]},
    ]
    assert second.context["form"]["name"].value() == "Ours"
    assert b"Nothing was saved, and nothing you typed is lost." in second.content
    usual.refresh_from_db()
    assert usual.name == "Usual"
    assert LadderVersion.objects.filter(ladder=usual).count() == 1


def test_a_call_takes_its_notes_and_a_last_reminder_its_days_by_themselves(
    boss: Client, usual: Ladder
) -> None:
    posted = as_shown(boss, page(usual))
    posted[field(posted, 2, "channel")] = "call"
    posted[field(posted, 3, "pay_within_days")] = ""

    boss.post(page(usual), posted | {"do": "confirm"})

    steps = LadderVersion.objects.get(ladder=usual, number=2).steps.order_by("position")
    assert (steps[2].channel, steps[2].template) == ("call", Template.CALL)
    assert steps[3].pay_within_days == 7


def test_somebody_elses_version_is_seen_before_it_is_written_over(
    boss: Client, usual: Ladder, by: Actor
) -> None:
    posted = as_shown(boss, page(usual)) | {"min_gap_days": "4"}
    newest = LadderVersion.objects.in_force().get(ladder=usual)
    other = Limits(min_gap_days=9)
    steps = [
        StepInput(key=step.key, **rungs.facts_of(step))
        for step in newest.steps.order_by("position")
    ]
    ladders.change(ladder=usual, settings=other, steps=steps, by=by, at=NOW)

    answer = boss.post(page(usual), posted | {"do": "confirm"})

    assert answer.status_code == 409
    assert LadderVersion.objects.in_force().get(ladder=usual).min_gap_days == 9
    assert re.search(r'name="based_on" value="2"', answer.content.decode())


def test_a_new_name_alone_is_no_version(boss: Client, usual: Ladder) -> None:
    answer = boss.post(page(usual), as_shown(boss, page(usual)) | {"name": "Ours", "do": "review"})
    assert answer.status_code == 303
    usual.refresh_from_db()
    assert usual.name == "Ours"
    assert usual.versions.count() == 1


def test_a_ladder_begins_as_a_copy(boss: Client, usual: Ladder, shop: Shop) -> None:
    url = reverse("ladder-new")
    posted = as_shown(boss, f"{url}?from={usual.pk}") | {"name": "Fleets"}

    answer = boss.post(url, posted)

    assert (answer.status_code, answer.url) == (303, reverse("ladder-list"))
    fleets = Ladder.objects.for_shop(shop).get(name="Fleets")
    assert (fleets.is_default, fleets.versions.get().steps.count()) == (False, 5)
    assert boss.post(url, posted).context["form"].errors["name"] == [
        "Another ladder has this name."
    ]
    boss.post(reverse("ladder-default", args=[fleets.pk]))
    assert Ladder.objects.for_shop(shop).get(is_default=True) == fleets


def test_retires_a_ladder_and_says_why_another_cannot_be(
    boss: Client, shop: Shop, usual: Ladder
) -> None:
    gentle = Ladder.objects.for_shop(shop).filter(is_default=False).first()
    assert gentle is not None
    said = boss.post(reverse("ladder-retire", args=[usual.pk]), follow=True).content.decode()
    assert "Usual: It is the shop&#x27;s usual ladder." in said

    boss.post(reverse("ladder-retire", args=[gentle.pk]))
    choices = reverse("customer-ladder", args=[CustomerFactory(shop=shop).pk])
    assert str(gentle.pk) not in boss.get(choices).content.decode()
    version = reverse("ladder-version", args=[gentle.pk, 1])
    assert boss.get(page(gentle))["Location"] == version
    assert "Bring back" in boss.get(reverse("ladder-list")).content.decode()

    boss.post(reverse("ladder-bring-back", args=[gentle.pk]))
    assert str(gentle.pk) in boss.get(choices).content.decode()


def test_a_version_says_what_it_changed(boss: Client, usual: Ladder) -> None:
    posted = as_shown(boss, page(usual))
    posted["rows"].pop()
    boss.post(page(usual), posted | {"do": "confirm", "min_gap_days": "4"})

    shown = boss.get(reverse("ladder-version", args=[usual.pk, 2])).context
    assert [step.what for step in shown["differences"].removed] == ["Formal demand · Letter"]
    assert shown["differences"].limits == ["Days between two contacts: 4 instead of 3"]
    assert boss.get(reverse("ladder-version", args=[usual.pk, 1])).context["differences"] is None


def test_a_text_is_shown_as_it_reads_before_it_is_in_force(boss: Client, shop: Shop) -> None:
    url = reverse("reminder-text", args=["friendly", "fr"])
    typed = {"subject": "Un mot", "body": "Bonjour #customer,\n\n#items\n\n#nobody"}

    seen = boss.post(url, typed | {"do": "preview"})
    assert seen.status_code == 200
    assert seen.context["preview"].text.startswith("Bonjour Alex Martin,")
    assert seen.context["problems"]["body"].startswith("Not a hashtag of this text: #nobody.")

    refused = boss.post(url, typed)
    assert refused.status_code == 422
    assert refused.context["form"]["body"].value() == typed["body"]
    assert not ReminderText.objects.filter(version=2).exists()

    saved = boss.post(url, typed | {"body": "Bonjour #customer,\n\n#items"})
    assert saved.status_code == 303
    assert ReminderText.objects.for_shop(shop).get(version=2).subject == "Un mot"

    taken = boss.post(url, {"do": "ready-made"})
    assert taken.context["form"]["subject"].value() == "Petit rappel\N{NO-BREAK SPACE}: #number"


@pytest.mark.parametrize("path", [["friendly", "de"], ["rude", "fr"]])
def test_there_is_no_other_text(boss: Client, path: list[str]) -> None:
    assert boss.get(reverse("reminder-text", args=path)).status_code == 404


def test_every_text_has_its_page(boss: Client) -> None:
    rows = boss.get(reverse("reminder-text-list")).context["rows"]
    assert len(rows) == 6
    for template, versions in rows:
        for language, version in versions:
            assert version.version == 1
            answer = boss.get(reverse("reminder-text", args=[template, language]))
            assert answer.context["problems"] == {}


def test_a_customer_is_left_in_peace_for_a_reason(boss: Client, usual: Ladder, shop: Shop) -> None:
    client = boss
    client.force_login(staff(shop, Role.ADVISOR).user, backend=BACKEND)
    customer = CustomerFactory(shop=shop)
    url = reverse("customer-ladder", args=[customer.pk])

    refused = client.post(url, {"choice": "none", "reason": ""})
    assert refused.status_code == 422
    assert refused.context["form"].errors["reason"] == ["Say why this customer gets no reminders."]
    assert not CustomerLadder.objects.exists()

    client.post(url, {"choice": "none", "reason": "An old friend."})
    own = CustomerLadder.objects.get(customer=customer)
    assert (own.ladder, own.reason) == (None, "An old friend.")
    assert client.get(url).context["form"]["choice"].value() == "none"

    client.post(url, {"choice": "usual", "reason": ""})
    assert not CustomerLadder.objects.exists()


def test_another_shops_ladder_is_no_choice(boss: Client, shop: Shop) -> None:
    customer, other = CustomerFactory(shop=shop), CustomerLadderFactory()
    url = reverse("customer-ladder", args=[customer.pk])
    elsewhere = Ladder.objects.create(shop=other.shop, name="Theirs", created_at=NOW)

    assert boss.post(url, {"choice": str(elsewhere.pk)}).status_code == 422
    assert not CustomerLadder.objects.filter(customer=customer).exists()


def test_a_pause_is_seen_on_every_page_about_reminders(boss: Client, shop: Shop) -> None:
    url = reverse("dunning-pause")
    assert boss.post(url, {"reason": " "}).status_code == 422
    assert settings_of(shop).paused_at is None

    boss.post(url, {"reason": "The books are checked."})

    names = ("dunning-agenda", "dunning-calendar", "ladder-list", "dunning-pause", "today")
    for name in names:
        assert b"The books are checked." in boss.get(reverse(name)).content, name

    boss.post(reverse("dunning-resume"))
    for name in names:
        assert b"The books are checked." not in boss.get(reverse(name)).content, name
