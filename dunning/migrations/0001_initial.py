import uuid
from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import shopdisputes.money
from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_initial"),
        ("documents", "0001_initial"),
        ("invoices", "0001_initial"),
        ("outbox", "0001_initial"),
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ladder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "is_default",
                    models.BooleanField(default=False, verbose_name="used unless told otherwise"),
                ),
                ("created_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(editable=False, null=True)),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "verbose_name": "ladder",
                "verbose_name_plural": "ladders",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "name"), name="ladder_name_once_a_shop"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("shop",),
                        name="ladder_one_default_a_shop",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_default", False), ("retired_at", None), _connector="OR"
                        ),
                        name="ladder_usual_not_retired",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerLadder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("set_at", models.DateTimeField()),
                ("set_by", models.CharField(max_length=200)),
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="customer_ladder",
                        to="customers.customer",
                    ),
                ),
                (
                    "ladder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="customers",
                        to="dunning.ladder",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "verbose_name": "customer's ladder",
                "verbose_name_plural": "customers' ladders",
            },
        ),
        migrations.CreateModel(
            name="LadderVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "min_gap_days",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="days between two contacts",
                    ),
                ),
                (
                    "min_amount",
                    shopdisputes.money.MoneyField(
                        decimal_places=2,
                        default=Decimal("1.00"),
                        max_digits=12,
                        verbose_name="smallest amount to remind of",
                    ),
                ),
                (
                    "interest_business",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("40")),
                        ],
                        verbose_name="interest a year for businesses, %",
                    ),
                ),
                (
                    "interest_person",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("40")),
                        ],
                        verbose_name="interest a year for consumers, %",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=200)),
                (
                    "ladder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="dunning.ladder",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a ladder",
                "verbose_name_plural": "versions of ladders",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("ladder", "number"), name="ladder_version_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("min_amount__gte", 0), ("min_gap_days__gte", 1)),
                        name="ladder_limits_sensible",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReminderText",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "template",
                    models.CharField(
                        choices=[
                            ("preventive", "Before the due day"),
                            ("friendly", "Friendly reminder"),
                            ("something_wrong", "Is something wrong?"),
                            ("last", "Last reminder"),
                            ("formal_demand", "Formal demand"),
                            ("call", "Notes for a phone call"),
                        ],
                        max_length=20,
                        verbose_name="text",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("fr", "French"), ("ru", "Russian")],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("subject", models.CharField(max_length=150, verbose_name="subject")),
                ("body", models.TextField(max_length=4000, verbose_name="text")),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=200)),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "verbose_name": "text of reminders",
                "verbose_name_plural": "texts of reminders",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "template", "language", "version"),
                        name="reminder_text_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("key", models.PositiveSmallIntegerField()),
                (
                    "offset_days",
                    models.SmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(-60),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="days after the due day",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "E-mail"), ("letter", "Letter"), ("call", "Phone call")],
                        max_length=6,
                        verbose_name="channel",
                    ),
                ),
                (
                    "template",
                    models.CharField(
                        choices=[
                            ("preventive", "Before the due day"),
                            ("friendly", "Friendly reminder"),
                            ("something_wrong", "Is something wrong?"),
                            ("last", "Last reminder"),
                            ("formal_demand", "Formal demand"),
                            ("call", "Notes for a phone call"),
                        ],
                        max_length=20,
                        verbose_name="text",
                    ),
                ),
                (
                    "requires_approval",
                    models.BooleanField(
                        default=False, verbose_name="only when somebody approves it"
                    ),
                ),
                (
                    "fee_rule",
                    models.CharField(
                        choices=[
                            ("none", "Nothing"),
                            ("fixed", "A fixed amount"),
                            ("interest", "Interest by days"),
                        ],
                        default="none",
                        max_length=8,
                        verbose_name="charge for being late",
                    ),
                ),
                (
                    "fee_amount",
                    shopdisputes.money.MoneyField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="amount of the charge",
                    ),
                ),
                (
                    "pay_within_days",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(60)],
                        verbose_name="new time to pay, days",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="dunning.ladderversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "step",
                "verbose_name_plural": "steps",
                "constraints": [
                    models.UniqueConstraint(fields=("version", "position"), name="step_in_order"),
                    models.UniqueConstraint(fields=("version", "key"), name="step_key_once"),
                    models.UniqueConstraint(
                        fields=("version", "offset_days"), name="step_offset_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fee_amount__gt", 0), ("fee_rule", "fixed")),
                            models.Q(
                                models.Q(("fee_rule", "fixed"), _negated=True), ("fee_amount", 0)
                            ),
                            _connector="OR",
                        ),
                        name="step_fee_has_its_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("template", "formal_demand"), _negated=True),
                            ("requires_approval", True),
                            _connector="OR",
                        ),
                        name="step_formal_demand_needs_a_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("step_key", models.PositiveSmallIntegerField(editable=False)),
                ("cycle", models.PositiveSmallIntegerField()),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "E-mail"), ("letter", "Letter"), ("call", "Phone call")],
                        max_length=6,
                        verbose_name="channel",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("awaiting_approval", "Waiting for approval"),
                            ("queued", "Planned"),
                            ("claimed", "Being prepared"),
                            ("handing", "Being handed over"),
                            ("sent", "Sent"),
                            ("in_doubt", "In doubt"),
                            ("held", "Held"),
                            ("skipped", "Skipped"),
                            ("failed", "Failed"),
                        ],
                        max_length=17,
                        verbose_name="status",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_owed", "Nothing is owed any more."),
                            ("held", "All of it is held."),
                            ("below_minimum", "It is less than the smallest amount to remind of."),
                            ("no_address", "The customer has no address for it."),
                            ("unallocated", "Money of this customer is not allocated yet."),
                            ("paused", "All reminders of the shop are paused."),
                            ("excluded", "This customer gets no reminders."),
                            ("stopped", "Reminders were stopped by hand."),
                            ("gap", "The customer was contacted a short time ago."),
                            ("superseded", "A later step was due as well."),
                            ("too_late", "The day that it was to announce has passed."),
                            ("restarted", "The steps were begun anew."),
                            ("by_hand", "Skipped by hand."),
                            ("ladder_changed", "The step is not on the ladder any more."),
                            ("undeliverable", "The mail came back."),
                        ],
                        max_length=15,
                        verbose_name="reason",
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=300)),
                (
                    "amount",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="amount"
                    ),
                ),
                ("planned_on", models.DateField(verbose_name="planned for")),
                ("pay_by", models.DateField(editable=False, null=True)),
                ("before_key", models.PositiveSmallIntegerField(editable=False, null=True)),
                ("before_offset", models.SmallIntegerField(editable=False, null=True)),
                ("created_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(editable=False, null=True)),
                ("approved_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                ("ended_by", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reached", "Spoke to the customer"),
                            ("message", "Left a message"),
                            ("not_reached", "Nobody answered"),
                            ("wrong_number", "Wrong number"),
                        ],
                        editable=False,
                        max_length=12,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True, editable=False, max_length=1000, verbose_name="note"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="customers.customer",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
                (
                    "email",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="outbox.outgoingemail",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="invoices.invoice",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
                (
                    "step",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="dunning.step",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dunning.ladderversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("status__in", ["awaiting_approval", "held"]),
                            models.Q(("channel__in", ["letter", "call"]), ("status", "queued")),
                            _connector="OR",
                        ),
                        fields=["shop", "planned_on", "id"],
                        name="reminder_waits_for_a_person",
                    ),
                    models.Index(fields=["shop", "-planned_on", "id"], name="reminder_newest"),
                    models.Index(fields=["customer", "-planned_on"], name="reminder_of_customer"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("invoice", "step_key", "cycle"),
                        name="reminder_once_a_step_and_cycle",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="reminder_amount_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("email", None), ("channel", "email"), _connector="OR"),
                        name="reminder_mail_is_mail",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["held", "skipped"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="reminder_not_sent_has_its_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Fee",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("step_key", models.PositiveSmallIntegerField(editable=False)),
                ("cycle", models.PositiveSmallIntegerField()),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("none", "Nothing"),
                            ("fixed", "A fixed amount"),
                            ("interest", "Interest by days"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("claimed", "Claimed"),
                            ("waived", "Waived"),
                        ],
                        default="proposed",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                (
                    "amount",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="amount"
                    ),
                ),
                (
                    "base",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="computed on"
                    ),
                ),
                ("explanation", models.JSONField(default=dict, editable=False)),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                ("decided_by", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "reason",
                    models.CharField(
                        blank=True, editable=False, max_length=300, verbose_name="reason"
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fee",
                        to="invoices.ledgerentry",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fees",
                        to="invoices.invoice",
                    ),
                ),
                (
                    "reminder",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fee",
                        to="dunning.reminder",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "verbose_name": "charge for being late",
                "verbose_name_plural": "charges for being late",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "proposed")),
                        fields=["shop", "proposed_at"],
                        name="fee_proposed",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("invoice", "step_key", "cycle"), name="fee_once_a_step_and_cycle"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="fee_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entry", None), ("status", "proposed")),
                            ("status", "waived"),
                            models.Q(("entry__isnull", False), ("status", "claimed")),
                            _connector="OR",
                        ),
                        name="fee_claimed_has_its_entry",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DunningSettings",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("paused_at", models.DateTimeField(editable=False, null=True)),
                ("paused_by", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "pause_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=300, verbose_name="reason"
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "verbose_name": "settings of reminders",
                "verbose_name_plural": "settings of reminders",
                "constraints": [
                    models.UniqueConstraint(fields=("shop",), name="dunning_settings_once_a_shop")
                ],
            },
        ),
        # After all tables: altering one drops its wall on SQLite.
        ForbidChanges("LadderVersion"),
        ForbidChanges("Step"),
        ForbidChanges("ReminderText"),
        ForbidChanges(
            "Reminder",
            except_columns=(
                "status",
                "reason",
                "detail",
                "amount",
                "planned_on",
                "pay_by",
                "email_id",
                "document_id",
                "before_key",
                "before_offset",
                "approved_at",
                "approved_by",
                "ended_at",
                "ended_by",
                "outcome",
                "note",
            ),
        ),
        ForbidChanges(
            "Fee",
            frozen_when="OLD.status <> 'proposed'",
            except_columns=("status", "decided_at", "decided_by", "reason", "entry_id"),
        ),
    ]
