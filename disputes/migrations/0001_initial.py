import uuid

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import shopdisputes.money
from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("customers", "0001_initial"),
        ("documents", "0001_initial"),
        ("estimates", "0001_initial"),
        ("inspections", "0001_initial"),
        ("invoices", "0001_initial"),
        ("links", "0001_initial"),
        ("outbox", "0001_initial"),
        ("repairorders", "0001_initial"),
        ("shops", "0001_initial"),
        ("signing", "0001_initial"),
        ("uploads", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DisputeReason",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.SlugField(max_length=40, verbose_name="code")),
                ("names", models.JSONField(blank=True, default=dict, verbose_name="name")),
                (
                    "follow_up_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="days until somebody follows it up",
                    ),
                ),
                (
                    "resolver_name",
                    models.CharField(blank=True, max_length=200, verbose_name="resolver"),
                ),
                (
                    "resolver_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="resolver's e-mail"),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[("low", "Low"), ("normal", "Normal"), ("high", "High")],
                        default="normal",
                        max_length=6,
                        verbose_name="severity",
                    ),
                ),
                ("stops_storage", models.BooleanField(default=True, verbose_name="stops storage")),
                (
                    "for_customers",
                    models.BooleanField(default=True, verbose_name="offered to customers"),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("position", models.PositiveSmallIntegerField(default=0)),
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
                "verbose_name": "reason of disputes",
                "verbose_name_plural": "reasons of disputes",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "code"), name="dispute_reason_once_a_shop"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DisputeCase",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=20, verbose_name="number")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("submitted", "Submitted"),
                            ("open", "Open"),
                            ("awaiting_customer", "Waiting for the customer"),
                            ("proposal_out", "Offer made"),
                            ("agreed", "Agreed"),
                            ("escalated", "With others"),
                            ("resolved", "Resolved"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="submitted",
                        max_length=17,
                        verbose_name="status",
                    ),
                ),
                (
                    "severity",
                    models.CharField(
                        choices=[("low", "Low"), ("normal", "Normal"), ("high", "High")],
                        max_length=6,
                        verbose_name="severity",
                    ),
                ),
                (
                    "stops_storage",
                    models.BooleanField(default=True, editable=False, verbose_name="stops storage"),
                ),
                (
                    "comment",
                    models.TextField(max_length=4000, verbose_name="in the customer's words"),
                ),
                (
                    "opening",
                    models.CharField(
                        choices=[
                            ("staff", "By the shop"),
                            ("customer", "By the customer"),
                            ("rework", "After a refused rework"),
                            ("chargeback", "By the bank"),
                        ],
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                ("opened_by", models.CharField(max_length=200)),
                (
                    "resolver_name",
                    models.CharField(blank=True, max_length=200, verbose_name="resolver"),
                ),
                (
                    "resolver_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="resolver's e-mail"),
                ),
                ("chased_on", models.DateField(editable=False, null=True)),
                (
                    "closing_code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("shop_right", "The shop was right"),
                            ("shop_wrong", "The customer was right"),
                            ("shared", "Both in part"),
                            ("goodwill", "Goodwill"),
                            ("withdrawn", "Withdrawn by the customer"),
                            ("duplicate", "Opened twice"),
                            ("unreachable", "The customer does not answer"),
                        ],
                        max_length=12,
                        verbose_name="how it ended",
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("technician", "Work"),
                            ("advisor", "Advice at the desk"),
                            ("part", "Part"),
                            ("estimate", "Estimate"),
                            ("communication", "Communication"),
                            ("billing", "Billing"),
                            ("customer", "The customer"),
                            ("other", "Something else"),
                        ],
                        max_length=14,
                        verbose_name="cause",
                    ),
                ),
                (
                    "closing_note",
                    models.TextField(
                        blank=True, max_length=4000, verbose_name="in the shop's words"
                    ),
                ),
                (
                    "resume",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("keep_step", "Go on where it stood"),
                            ("restart", "Begin with the first step"),
                            ("new_due_date", "Give a new day to pay"),
                            ("stop", "Send no more reminders"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "closed_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="closed"),
                ),
                ("closed_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("reopen_until", models.DateField(editable=False, null=True)),
                ("reopened", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("search_text", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="customers.customer",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reason",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="disputes.disputereason",
                    ),
                ),
                (
                    "repair_order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="repairorders.repairorder",
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
                "verbose_name": "dispute",
                "verbose_name_plural": "disputes",
                "indexes": [
                    models.Index(fields=["shop", "-opened_at", "id"], name="dispute_newest"),
                    models.Index(
                        fields=["shop", "status", "-opened_at", "id"], name="dispute_by_status"
                    ),
                    models.Index(fields=["customer", "-opened_at"], name="dispute_of_customer"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "number"), name="dispute_number_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status__in", ["rejected", "resolved", "withdrawn"]),
                                ("closed_at__isnull", False),
                            ),
                            models.Q(
                                models.Q(
                                    ("status__in", ["rejected", "resolved", "withdrawn"]),
                                    _negated=True,
                                ),
                                ("closed_at", None),
                                ("closing_code", ""),
                            ),
                            _connector="OR",
                        ),
                        name="dispute_ended_has_its_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "resolved"), _negated=True),
                            models.Q(("closing_code", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="dispute_resolved_has_its_code",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseMessage",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("customer", "Customer"),
                            ("shop", "Shop"),
                            ("resolver", "Resolver"),
                        ],
                        max_length=8,
                    ),
                ),
                ("internal", models.BooleanField(default=False)),
                ("text", models.TextField(max_length=4000, verbose_name="message")),
                ("said_at", models.DateTimeField()),
                ("said_by", models.CharField(max_length=200)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="disputes.disputecase",
                    ),
                ),
                (
                    "email",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outbox.outgoingemail",
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="links.accesslink",
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
                "verbose_name": "message in a dispute",
                "verbose_name_plural": "messages in disputes",
                "indexes": [models.Index(fields=["case", "said_at"], name="case_message_in_order")],
            },
        ),
        migrations.CreateModel(
            name="DisputeItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "amount",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="amount"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Contested"),
                            ("released", "Released"),
                            ("settled", "Settled"),
                        ],
                        default="open",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("added_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                ("ended_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("end_reason", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="disputes.disputecase",
                    ),
                ),
                (
                    "hold",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispute_item",
                        to="invoices.hold",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispute_items",
                        to="invoices.invoice",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispute_items",
                        to="invoices.invoiceline",
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
                "verbose_name": "contested amount",
                "verbose_name_plural": "contested amounts",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="dispute_item_positive"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("line__isnull", False), ("state", "open")),
                        fields=("line",),
                        name="dispute_item_one_open_a_line",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("line", None), ("state", "open")),
                        fields=("invoice",),
                        name="dispute_item_one_open_an_invoice",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("due_on", models.DateField(verbose_name="on")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="what to do")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("finished", "Finished")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=200)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("finished_by", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="disputes.disputecase",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "verbose_name": "follow-up",
                "verbose_name_plural": "follow-ups",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "open")),
                        fields=["shop", "due_on", "id"],
                        name="follow_up_open_by_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Chargeback",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=20, verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[("inquiry", "Inquiry"), ("chargeback", "Chargeback")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("needs_response", "Evidence is due"),
                            ("under_review", "With the bank"),
                            ("won", "Won"),
                            ("lost", "Lost"),
                            ("accepted", "Accepted"),
                            ("closed", "Closed"),
                        ],
                        default="needs_response",
                        max_length=14,
                        verbose_name="status",
                    ),
                ),
                (
                    "funds",
                    models.CharField(
                        choices=[
                            ("with_shop", "With the shop"),
                            ("withdrawn", "Withdrawn by the bank"),
                            ("reinstated", "Given back by the bank"),
                        ],
                        default="with_shop",
                        max_length=10,
                        verbose_name="money",
                    ),
                ),
                (
                    "amount",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="amount"
                    ),
                ),
                (
                    "network_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="bank's reason"),
                ),
                ("reference", models.CharField(max_length=100, verbose_name="bank's reference")),
                ("evidence_due_by", models.DateTimeField(verbose_name="evidence is due by")),
                ("withdrawn_by_customer_at", models.DateTimeField(editable=False, null=True)),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=200)),
                ("submitted_at", models.DateTimeField(editable=False, null=True)),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
                ("note", models.TextField(blank=True, max_length=4000, verbose_name="note")),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chargebacks",
                        to="disputes.disputecase",
                    ),
                ),
                (
                    "follow_up",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chargebacks",
                        to="disputes.followup",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chargebacks",
                        to="invoices.payment",
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
                "verbose_name": "chargeback",
                "verbose_name_plural": "chargebacks",
                "indexes": [
                    models.Index(fields=["shop", "-recorded_at", "id"], name="chargeback_newest"),
                    models.Index(
                        condition=models.Q(("status", "needs_response")),
                        fields=["evidence_due_by"],
                        name="chargeback_evidence_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "number"), name="chargeback_number_unique"
                    ),
                    models.UniqueConstraint(
                        fields=("shop", "reference"), name="chargeback_once_a_reference"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="chargeback_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "side",
                    models.CharField(
                        choices=[("shop", "The shop"), ("customer", "The customer")], max_length=8
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("credit", "Credit"),
                            ("discount", "Discount"),
                            ("refund", "Refund"),
                            ("rework", "Rework"),
                            ("plan", "Payment plan"),
                            ("keep_as_billed", "As billed, with an explanation"),
                        ],
                        max_length=14,
                        verbose_name="offer",
                    ),
                ),
                (
                    "amount",
                    shopdisputes.money.MoneyField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        verbose_name="amount",
                    ),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="in words")),
                ("terms", models.JSONField(blank=True, default=list)),
                ("expires_on", models.DateField(verbose_name="open until")),
                (
                    "resume",
                    models.CharField(
                        choices=[
                            ("keep_step", "Go on where it stood"),
                            ("restart", "Begin with the first step"),
                            ("new_due_date", "Give a new day to pay"),
                            ("stop", "Send no more reminders"),
                        ],
                        default="keep_step",
                        max_length=12,
                    ),
                ),
                (
                    "new_due_on",
                    models.DateField(blank=True, null=True, verbose_name="new day to pay"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("sent", "Open"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                            ("countered", "Answered by another offer"),
                            ("expired", "Expired"),
                            ("withdrawn", "Taken back"),
                            ("executed", "Carried out"),
                            ("failed", "Could not be carried out"),
                        ],
                        default="sent",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=200)),
                ("canonical_json", models.TextField(editable=False)),
                ("sha256", models.CharField(editable=False, max_length=64, verbose_name="SHA-256")),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                ("decided_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("answer", models.CharField(blank=True, max_length=1000, verbose_name="answer")),
                ("executed_at", models.DateTimeField(editable=False, null=True)),
                ("failure", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="disputes.disputecase",
                    ),
                ),
                (
                    "credit_notes",
                    models.ManyToManyField(blank=True, related_name="+", to="invoices.invoice"),
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
                    "link",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="links.accesslink",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoices.paymentplan",
                    ),
                ),
                (
                    "refunds",
                    models.ManyToManyField(blank=True, related_name="+", to="invoices.refund"),
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
                    "signature",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offer",
                        to="signing.signature",
                    ),
                ),
            ],
            options={
                "verbose_name": "settlement offer",
                "verbose_name_plural": "settlement offers",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "sent")),
                        fields=["expires_on"],
                        name="offer_open_by_day",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "position"), name="offer_in_order"),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["sent", "accepted"])),
                        fields=("case",),
                        name="offer_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount__gt", 0), ("kind__in", ["credit", "discount", "refund"])
                            ),
                            ("kind__in", ["rework", "plan", "keep_as_billed"]),
                            _connector="OR",
                        ),
                        name="offer_of_money_has_its_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resume", "new_due_date"), _negated=True),
                            ("new_due_on__isnull", False),
                            _connector="OR",
                        ),
                        name="offer_of_a_new_day_names_it",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResolverAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("text", models.TextField(max_length=4000, verbose_name="answer")),
                ("proposal", models.CharField(blank=True, max_length=500, verbose_name="proposal")),
                (
                    "proposed_amount",
                    shopdisputes.money.MoneyField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        verbose_name="amount",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "To be looked at"),
                            ("taken", "Taken over"),
                            ("refused", "Not taken over"),
                        ],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("given_at", models.DateTimeField()),
                ("given_by", models.CharField(max_length=200)),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                ("decided_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("note", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="disputes.disputecase",
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="links.accesslink",
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
                "verbose_name": "resolver's answer",
                "verbose_name_plural": "resolvers' answers",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "pending")),
                        fields=["shop", "given_at"],
                        name="resolver_answer_pending",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sent_as", models.CharField(blank=True, max_length=200)),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("customer", "Customer"),
                            ("shop", "Shop"),
                            ("resolver", "Resolver"),
                        ],
                        max_length=8,
                    ),
                ),
                ("added_at", models.DateTimeField()),
                ("added_by", models.CharField(max_length=200)),
                (
                    "answer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="disputes.resolveranswer",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="disputes.disputecase",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="uploads.storedfile",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="disputes.casemessage",
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
                "verbose_name": "file of a dispute",
                "verbose_name_plural": "files of disputes",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("message__isnull", False)),
                        fields=("message", "file"),
                        name="case_file_once_a_message",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("answer__isnull", False)),
                        fields=("answer", "file"),
                        name="case_file_once_an_answer",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("answer", None), ("message", None)),
                        fields=("case", "file"),
                        name="case_file_once_at_the_opening",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReworkRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=20, verbose_name="number")),
                (
                    "amount",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="amount"
                    ),
                ),
                (
                    "description",
                    models.TextField(max_length=4000, verbose_name="what is not right"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "Asked for"),
                            ("accepted", "Accepted"),
                            ("in_progress", "Being done"),
                            ("delivered", "Done again"),
                            ("confirmed", "Confirmed by the customer"),
                            ("auto_confirmed", "Nothing more heard"),
                            ("not_fixed", "Still not right"),
                            ("refused", "Refused"),
                            ("disputed", "Became a dispute"),
                            ("closed_as_is", "Closed as it is"),
                            ("cancelled", "Called off"),
                        ],
                        default="requested",
                        max_length=14,
                        verbose_name="status",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("asked_by", models.CharField(max_length=200)),
                ("answer_by", models.DateTimeField()),
                ("answered_at", models.DateTimeField(editable=False, null=True)),
                ("answered_by", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "refusal_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("vague", "What is wrong is not described"),
                            ("outside_scope", "Not part of what was authorized"),
                            ("customer_part", "A part that the customer brought"),
                            ("declined_line", "Work that the customer declined"),
                            ("misuse", "Wrong use"),
                            ("third_party", "Somebody else worked on it"),
                            ("new_fault", "Another fault"),
                        ],
                        max_length=13,
                        verbose_name="reason",
                    ),
                ),
                (
                    "explanation",
                    models.TextField(blank=True, max_length=4000, verbose_name="explanation"),
                ),
                ("customer_until", models.DateField(editable=False, null=True)),
                (
                    "appointment_on",
                    models.DateField(blank=True, null=True, verbose_name="appointment"),
                ),
                (
                    "appointment_note",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="about the appointment"
                    ),
                ),
                ("delivered_at", models.DateTimeField(editable=False, null=True)),
                (
                    "work_note",
                    models.TextField(blank=True, max_length=4000, verbose_name="what was done"),
                ),
                (
                    "complaint",
                    models.TextField(
                        blank=True, max_length=4000, verbose_name="what is still not right"
                    ),
                ),
                ("check_until", models.DateField(editable=False, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reworks",
                        to="disputes.disputecase",
                    ),
                ),
                (
                    "compared_with",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inspections.inspection",
                    ),
                ),
                (
                    "hold",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rework",
                        to="invoices.hold",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reworks",
                        to="invoices.invoice",
                    ),
                ),
                (
                    "lines",
                    models.ManyToManyField(related_name="reworks", to="invoices.invoiceline"),
                ),
                (
                    "link",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="links.accesslink",
                    ),
                ),
                (
                    "offer",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rework",
                        to="disputes.offer",
                    ),
                ),
                (
                    "repair_order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reworks",
                        to="repairorders.repairorder",
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
                    "supplement",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="estimates.estimate",
                    ),
                ),
            ],
            options={
                "verbose_name": "rework request",
                "verbose_name_plural": "rework requests",
                "indexes": [
                    models.Index(fields=["shop", "-asked_at", "id"], name="rework_newest"),
                    models.Index(
                        condition=models.Q(("status__in", ["requested", "refused", "delivered"])),
                        fields=["status", "answer_by"],
                        name="rework_clock_runs",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("shop", "number"), name="rework_number_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "refused"), _negated=True),
                            models.Q(
                                models.Q(("refusal_reason", ""), _negated=True),
                                models.Q(("explanation", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rework_refused_with_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReworkFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sent_as", models.CharField(blank=True, max_length=200)),
                ("by_customer", models.BooleanField()),
                ("added_at", models.DateTimeField()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="uploads.storedfile",
                    ),
                ),
                (
                    "rework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="disputes.reworkrequest",
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
                "verbose_name": "file of a rework request",
                "verbose_name_plural": "files of rework requests",
                "constraints": [
                    models.UniqueConstraint(fields=("rework", "file"), name="rework_file_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ChargebackNotice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("due_by", models.DateTimeField()),
                ("days_left", models.PositiveSmallIntegerField()),
                ("told_at", models.DateTimeField()),
                (
                    "chargeback",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="disputes.chargeback",
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
                "verbose_name": "countdown of a chargeback",
                "verbose_name_plural": "countdowns of chargebacks",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("chargeback", "due_by", "days_left"),
                        name="chargeback_told_once_a_count",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChargebackPart",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "amount",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="amount"
                    ),
                ),
                (
                    "chargeback",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="disputes.chargeback",
                    ),
                ),
                (
                    "given_back",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chargeback_given_back",
                        to="invoices.ledgerentry",
                    ),
                ),
                (
                    "hold",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chargeback_part",
                        to="invoices.hold",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chargeback_parts",
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
                    "taken",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="chargeback_taken",
                        to="invoices.ledgerentry",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a chargeback",
                "verbose_name_plural": "parts of chargebacks",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("chargeback", "invoice"), name="chargeback_part_once_an_invoice"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="chargeback_part_positive"
                    ),
                ],
            },
        ),
        # After all tables: altering one drops its wall on SQLite.
        ForbidChanges(
            "DisputeItem",
            except_columns=("state", "hold_id", "ended_at", "ended_by", "end_reason"),
        ),
        ForbidChanges("CaseMessage", except_columns=("email_id",)),
        ForbidChanges(
            "ResolverAnswer", except_columns=("status", "decided_at", "decided_by", "note")
        ),
        ForbidChanges("CaseFile"),
        ForbidChanges(
            "Offer",
            except_columns=(
                "status",
                "decided_at",
                "decided_by",
                "answer",
                "signature_id",
                "document_id",
                "plan_id",
                "executed_at",
                "failure",
            ),
        ),
        ForbidChanges("ReworkFile"),
        ForbidChanges("ChargebackNotice"),
    ]
