"""The rows of the checklist editor: a heading, or one thing to look at, in several languages."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from inspections.services.checklists import MOST_SHOTS
from inspections.states import MEASURED, ItemKind, PhotoRule, Stage
from shopdisputes.web.forms.fields import DecimalInput

#: What stands for a row's key in the patterns from which the page's script makes new rows.
PATTERN_KEY = "__key__"
#: The choice that gives an item a key of its own, by which the other stage can choose it.
OWN_KEY = "own:"
SECTION, ITEM = "section", "item"
_LONGEST_NAME = 200
_LONGEST_HELP = 1000

Words = dict[str, str]
#: What an item may be paired with: key → how it is called at the other stage.
Pairs = Sequence[tuple[str, str]]


def prefix_of(key: str) -> str:
    """Return what the names of a row's fields begin with."""
    return f"row-{key}"


def languages_for(own: str) -> list[str]:
    """Return the codes of the product's languages, the shop's own first."""
    return [own, *(code for code, _name in settings.LANGUAGES if code != own)]


def language_name(code: str) -> str:
    """Return a language's name in the language in force."""
    return str(get_language_info(code)["name_translated"]).capitalize()


class WordsForm(forms.Form):
    """A form with texts in all languages: ``name_en``, ``name_fr``, … the shop's own first."""

    use_required_attribute = False

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = language

    def add_words(self, name: str, label: Any, *, field: type[forms.Field], **facts: Any) -> None:
        """Add a text that is asked for in every language; ``required`` in the shop's own alone."""
        is_required = facts.pop("required", False)
        for code in languages_for(self.language):
            is_own = code == self.language
            self.fields[f"{name}_{code}"] = field(
                label=label if is_own else f"{label} · {language_name(code)}",
                required=is_required and is_own,
                **facts,
            )

    def words(self, name: str) -> Words:
        """Return what was written, by language, without what was left empty."""
        texts = {code: self.cleaned_data.get(f"{name}_{code}", "") for code in _codes()}
        return {code: text for code, text in texts.items() if text}

    def own(self, name: str) -> str:
        """Return the name of the field of a text in the shop's own language."""
        return f"{name}_{self.language}"

    def place_error(self, name: str, message: str) -> None:
        """Put what a service said about ``name`` at its field, whatever it is called here."""
        own = self.own(name)
        self.add_error(
            own if own in self.fields else name if name in self.fields else None, message
        )


class HeadForm(WordsForm):
    """What a checklist is called, and at which stage it is used."""

    stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_words(
            "name", _("Name"), field=forms.CharField, max_length=_LONGEST_NAME, required=True
        )

    @property
    def own_name(self) -> forms.BoundField:
        """The name in the shop's own language."""
        return self[self.own("name")]

    @property
    def other_names(self) -> list[forms.BoundField]:
        """The name in the other languages."""
        return [self[f"name_{code}"] for code in languages_for(self.language)[1:]]


class RowForm(WordsForm):
    """What every row has. ``removed`` ones stay on the page until it is saved, to come back."""

    sort = ""

    def __init__(
        self,
        *,
        key: str,
        language: str,
        data: MultiValueDict[str, str] | None = None,
        initial: dict[str, Any] | None = None,
        removed: bool = False,
        focused: bool = False,
    ) -> None:
        super().__init__(data=data, initial=initial, prefix=prefix_of(key), language=language)
        self.key = key
        self.removed = removed
        self.focused = focused
        self.build()
        if focused:
            self.fields[self.own("name")].widget.attrs["autofocus"] = True

    def build(self) -> None:
        """Add the fields."""
        raise NotImplementedError

    @property
    def title(self) -> str:
        """What the row is called where its fields are not shown."""
        written = (self[f"name_{code}"].value() for code in languages_for(self.language))
        return next((str(text) for text in written if text), gettext("a row without name"))

    @property
    def own_name(self) -> forms.BoundField:
        """The name in the shop's own language."""
        return self[self.own("name")]

    @property
    def others_have_errors(self) -> bool:
        """Whether something is wrong that stands in a closed part of the row."""
        return bool(set(self.errors) - {self.own("name"), "kind", "photo_rule"})

    @property
    def translations(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The texts in the other languages, by language."""
        names = [name for name in ("name", "help", "shots") if self.own(name) in self.fields]
        return [
            (code, [self[f"{name}_{code}"] for name in names])
            for code in languages_for(self.language)[1:]
        ]


class SectionForm(RowForm):
    """A heading; the items below it belong to it."""

    sort = SECTION

    def build(self) -> None:
        """Add the heading in all languages; left empty, what is below stands under none."""
        self.add_words("name", _("Section"), field=forms.CharField, max_length=_LONGEST_NAME)


class ShotsField(forms.CharField):
    """Angles, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        """Show a list as lines; leave what was typed alone."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        text = value if isinstance(value, str) else "\n".join(value or [])
        return [line.strip() for line in text.splitlines() if line.strip()]

    def validate(self, value: Any) -> None:
        """Refuse too many angles and too long names of them."""
        if len(value) > MOST_SHOTS:
            message = gettext("An item has at most %(most)d angles.") % {"most": MOST_SHOTS}
            raise forms.ValidationError(message)
        if any(len(line) > _LONGEST_NAME for line in value):
            message = gettext("At most %(most)d signs.") % {"most": _LONGEST_NAME}
            raise forms.ValidationError(message)

    def run_validators(self, value: Any) -> None:
        """The lines are a list: what is checked of a text has been checked of each."""


class ItemForm(RowForm):
    """One thing to look at."""

    sort = ITEM

    kind = forms.ChoiceField(label=_("Kind"), choices=ItemKind.choices)
    photo_rule = forms.ChoiceField(label=_("Photo needed"), choices=PhotoRule.choices)
    unit = forms.CharField(label=_("Unit"), max_length=12, required=False)
    urgent_below = DecimalInput(label=_("Urgent below"), required=False)
    attention_below = DecimalInput(label=_("Attention below"), required=False)
    attention_above = DecimalInput(label=_("Attention above"), required=False)
    urgent_above = DecimalInput(label=_("Urgent above"), required=False)
    pair_key = forms.ChoiceField(label=_("Compared with"), required=False)

    def __init__(self, *, pairs: Pairs = (), **kwargs: Any) -> None:
        self.pairs = pairs
        super().__init__(**kwargs)

    def build(self) -> None:
        """Add the texts in all languages, and what it may be paired with."""
        self.add_words(
            "name",
            _("What to look at"),
            field=forms.CharField,
            max_length=_LONGEST_NAME,
            required=True,
        )
        self.add_words(
            "help",
            _("How to look at it"),
            field=forms.CharField,
            max_length=_LONGEST_HELP,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        self.add_words(
            "shots",
            _("Angles to photograph, one a line"),
            field=ShotsField,
        )
        self.fields["pair_key"].choices = self._choices()  # type: ignore[attr-defined]

    def _choices(self) -> Iterable[tuple[str, Any]]:
        """Return what may be chosen; a key that the other stage does not know yet stays."""
        choices: list[tuple[str, Any]] = [
            ("", _("Nothing")),
            (OWN_KEY, _("Nothing yet: the other stage may choose it")),
            *self.pairs,
        ]
        posted = self.data.get(self.add_prefix("kept_pair"), "") if self.is_bound else ""
        kept = posted or self.initial.get("kept_pair") or ""
        if kept and kept not in dict(choices):
            choices.insert(2, (kept, _("As it was: the other stage does not look at it")))
        return choices

    @property
    def kept_pair(self) -> str:
        """The key that the item came with, posted along so that it can be chosen again."""
        if self.is_bound:
            return str(self.data.get(self.add_prefix("kept_pair"), ""))
        return str(self.initial.get("kept_pair") or "")

    @property
    def own_help(self) -> forms.BoundField:
        """How to look at it, in the shop's own language."""
        return self[self.own("help")]

    @property
    def own_shots(self) -> forms.BoundField:
        """The angles in the shop's own language."""
        return self[self.own("shots")]

    @property
    def limits(self) -> list[forms.BoundField]:
        """The four limits of a measurement."""
        names = ("urgent_below", "attention_below", "attention_above", "urgent_above")
        return [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        """Forget what does not belong to the kind chosen; let the angles match line by line."""
        values: dict[str, Any] = self.cleaned_data
        if values.get("kind") not in MEASURED:
            values["unit"] = ""
        if values.get("kind") != ItemKind.MEASUREMENT:
            for field in self.limits:
                values[field.name] = None
        wanted = values.get(self.own("shots"))
        for code in languages_for(self.language)[1:]:
            written = values.get(f"shots_{code}")
            if wanted is not None and written and len(written) != len(wanted):
                message = gettext("Write as many angles as in %(language)s, one a line.") % {
                    "language": language_name(self.language)
                }
                self.add_error(f"shots_{code}", message)
        return values

    def shots(self) -> list[Words]:
        """Return the angles by language, those on the same line together."""
        written = {code: self.cleaned_data.get(f"shots_{code}") or [] for code in _codes()}
        longest = max(len(lines) for lines in written.values())
        return [
            {code: lines[number] for code, lines in written.items() if number < len(lines)}
            for number in range(longest)
        ]

    def limits_typed(self) -> dict[str, Decimal | None]:
        """Return the four limits by name."""
        return {field.name: self.cleaned_data.get(field.name) for field in self.limits}


def _codes() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]
