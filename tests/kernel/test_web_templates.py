"""What every template can say: amounts, days, states, icons, forms; in three languages."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone, translation

from shopdisputes.web.templatetags import shopdisputes as tags
from tests.factories import NOW, AuditEventFactory

LATE = datetime(2026, 3, 16, 23, 30, tzinfo=UTC)


def draw(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context).strip()


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            ["€1,234.50", "1.5", "8.25%", "20%", "Mar 17, 2026", "Mar 17, 2026, 00:30"],
        ),
        (
            "fr",
            ["1 234,50 €", "1,5", "8,25 %", "20 %", "17 mars 2026", "17 mars 2026, 00:30"],
        ),
        (
            "ru",
            ["1 234,50 €", "1,5", "8,25 %", "20 %", "17 марта 2026", "17 марта 2026, 00:30"],
        ),
    ],
)
def test_amounts_and_days_are_written_as_readers_expect_them(language, expected):
    with translation.override(language), timezone.override(ZoneInfo("Europe/Paris")):
        written = [
            tags.money(Decimal("1234.50"), "EUR"),
            tags.quantity(Decimal("1.500")),
            tags.percent(Decimal("8.25")),
            tags.percent(Decimal("20.00")),
            tags.day(LATE),
            tags.moment(LATE),
        ]
    assert [plain(text) for text in written] == expected


def test_a_day_that_is_a_day_is_in_no_zone():
    with timezone.override(ZoneInfo("Pacific/Honolulu")):
        assert tags.day(date(2026, 3, 17)) == "Mar 17, 2026"


def test_what_is_not_there_is_written_as_nothing():
    filters = ("money:'EUR'", "quantity", "percent", "day", "moment", "ago")
    assert [draw("{{ n|" + each + " }}", n=None) for each in filters] == [""] * 6


@pytest.mark.parametrize(
    ("language", "past", "coming"),
    [
        ("en", "3 hours ago", "in 2 days"),
        ("fr", "il y a 3 heures", "dans 2 jours"),
        ("ru", "3 часа назад", "через 2 дня"),
    ],
)
def test_distances_carry_the_moment_itself(language, past, coming):
    with translation.override(language):
        assert past in plain(tags.ago(NOW - timedelta(hours=3)))
        drawn = tags.ago(NOW + timedelta(days=2))
        assert coming in plain(drawn)
        assert f'datetime="{(NOW + timedelta(days=2)).isoformat()}"' in drawn
        assert f'title="{tags.moment(NOW + timedelta(days=2))}"' in drawn


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["1 day ago", "today", "in 1 day", "in 2 days"]),
        ("fr", ["il y a 1 jour", "aujourd’hui", "dans 1 jour", "dans 2 jours"]),
        ("ru", ["1 день назад", "сегодня", "через 1 день", "через 2 дня"]),
    ],
)
def test_what_is_due_on_a_day_is_so_many_days_away_at_any_hour(language, expected):
    now = timezone.localtime(timezone.now())
    with translation.override(language):
        for days, words in enumerate(expected, start=-1):
            for hour in (0, 23):
                due = now.replace(hour=hour) + timedelta(days=days)
                assert words in plain(tags.days_away(due)), (days, hour)


def test_phones_are_written_in_groups():
    assert tags.phone("+33612345678") == "+33 6 12 34 56 78"
    assert tags.phone("call me") == "call me"


def test_an_icon_is_decoration():
    drawn = draw('{% icon "check" %}')
    assert drawn.startswith('<svg class="icon"')
    assert 'aria-hidden="true"' in drawn
    assert "style=" not in drawn


def test_an_icon_that_is_not_installed_fails_loudly():
    with pytest.raises(FileNotFoundError):
        draw('{% icon "no-such-icon" %}')


def test_every_icon_that_a_template_asks_for_is_installed(settings):
    wanted = set()
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        wanted |= set(re.findall(r'{% icon "([a-z0-9-]+)" %}', path.read_text(encoding="utf-8")))
    assert wanted
    assert {name for name in wanted if not tags.icon(name)} == set()


def test_a_state_is_a_word_with_a_tone():
    assert draw('{% status "expired" "Expired" %}') == (
        '<span class="state state-warn">Expired</span>'
    )
    assert tags.tone("something else") == "calm"
    assert "&lt;b&gt;" in draw('{% status "x" label %}', label="<b>")


class OddForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the card.", max_length=3)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A")], required=False)
    sure = forms.BooleanField(label="Sure", required=False)
    way = forms.ChoiceField(
        label="Way", choices=[("x", "X"), ("y", "Y")], widget=forms.RadioSelect, required=False
    )


def test_a_field_has_its_label_above_help_under_and_error_tied_to_it():
    form = OddForm({"name": "Alix"})
    drawn = draw('{% include "components/field.html" with field=form.name %}', form=form)
    assert '<label class="form-label" for="id_name">Name</label>' in drawn
    assert 'class="form-control is-invalid"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn
    assert 'id="id_name_helptext">As on the card.' in drawn
    assert 'id="id_name_error"' in drawn


def test_each_control_is_laid_out_after_its_kind():
    form = OddForm()
    kinds = [tags.widget_kind(form[name]) for name in ("name", "kind", "sure", "way")]
    assert kinds == ["single", "single", "checkbox", "group"]
    assert 'class="form-select"' in tags.control(form["kind"])
    drawn = draw('{% include "components/field.html" with field=form.way %}', form=form)
    assert drawn.count('type="radio"') == 2
    assert '<legend class="form-label">Way' in drawn


def test_the_language_switch_keeps_the_rest_of_the_address():
    request = RequestFactory().get("/c/estimate/x/?a=1&lang=en")
    assert draw('{% language_url "fr" %}', request=request) == "/c/estimate/x/?a=1&amp;lang=fr"


@pytest.mark.django_db
def test_an_event_is_said_in_words_with_its_facts():
    event = AuditEventFactory(action="link.given", data={"recipient": "<c@x.example>"})
    assert draw("{{ event|sentence }}", event=event) == (
        "Personal link made for &lt;c@x.example&gt;"
    )


@pytest.mark.django_db
def test_an_event_without_a_sentence_is_named_and_a_missing_fact_breaks_nothing():
    assert tags.sentence(AuditEventFactory(action="moon.landed_on")) == "moon: landed on"
    assert tags.sentence(AuditEventFactory(action="link.given", data={})) == (
        "Personal link made for "
    )
