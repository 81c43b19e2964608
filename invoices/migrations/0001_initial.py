import uuid
from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
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
        ("links", "0001_initial"),
        ("repairorders", "0001_initial"),
        ("shops", "0001_initial"),
        ("signing", "0001_initial"),
        ("uploads", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankImport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("filename", models.CharField(max_length=200, verbose_name="file")),
                (
                    "format",
                    models.CharField(
                        choices=[("camt053", "CAMT.053"), ("csv", "CSV")],
                        max_length=10,
                        verbose_name="format",
                    ),
                ),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("account", models.CharField(blank=True, max_length=40, verbose_name="account")),
                ("taken", models.PositiveIntegerField(default=0)),
                ("known", models.PositiveIntegerField(default=0)),
                ("outgoing", models.PositiveIntegerField(default=0)),
                ("imported_at", models.DateTimeField()),
                ("imported_by", models.CharField(max_length=200)),
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
                "verbose_name": "bank statement",
                "verbose_name_plural": "bank statements",
                "indexes": [
                    models.Index(fields=["shop", "-imported_at", "id"], name="bank_import_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("shop", "sha256"), name="bank_import_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="BillingSettings",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "account_holder",
                    models.CharField(blank=True, max_length=70, verbose_name="account holder"),
                ),
                ("iban", models.CharField(blank=True, max_length=34, verbose_name="IBAN")),
                ("bic", models.CharField(blank=True, max_length=11, verbose_name="BIC")),
                (
                    "bank_details",
                    models.TextField(blank=True, max_length=500, verbose_name="other bank details"),
                ),
                (
                    "due_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        validators=[django.core.validators.MaxValueValidator(120)],
                        verbose_name="days to pay",
                    ),
                ),
                (
                    "ask_signature",
                    models.BooleanField(
                        default=False,
                        help_text="The customer can confirm with a signature that the invoice was received.",
                        verbose_name="ask customers to sign the invoice",
                    ),
                ),
                (
                    "late_terms",
                    models.TextField(
                        blank=True,
                        help_text="Printed on invoices: interest, fixed charge for businesses.",
                        max_length=1000,
                        verbose_name="terms of late payment",
                    ),
                ),
                (
                    "tax_note",
                    models.CharField(
                        blank=True,
                        help_text="Printed on invoices, for example why no tax is charged.",
                        max_length=200,
                        verbose_name="tax note",
                    ),
                ),
                (
                    "guarantee",
                    models.TextField(blank=True, max_length=1000, verbose_name="guarantee"),
                ),
                (
                    "promise_grace_days",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[django.core.validators.MaxValueValidator(30)],
                        verbose_name="days of grace after a promised day",
                    ),
                ),
                (
                    "plan_answer_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="days to sign a payment plan",
                    ),
                ),
                (
                    "storage_daily_rate",
                    shopdisputes.money.MoneyField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="storage a day, before tax",
                    ),
                ),
                (
                    "storage_tax_rate",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                        verbose_name="tax on storage, %",
                    ),
                ),
                (
                    "storage_free_days",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[django.core.validators.MaxValueValidator(60)],
                        verbose_name="free days after the notice",
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
                "verbose_name": "billing settings",
                "verbose_name_plural": "billing settings",
                "constraints": [
                    models.UniqueConstraint(fields=("shop",), name="billing_settings_once_a_shop"),
                    models.CheckConstraint(
                        condition=models.Q(("storage_daily_rate__gte", 0)),
                        name="billing_storage_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="when")),
                (
                    "odometer",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="odometer"),
                ),
                ("collected_by", models.CharField(max_length=200, verbose_name="collected by")),
                (
                    "authority",
                    models.CharField(
                        choices=[
                            ("customer", "The customer"),
                            ("authorized", "With a written authority"),
                            ("known", "Known to the shop"),
                            ("towing", "Towing service"),
                        ],
                        max_length=12,
                        verbose_name="by what right",
                    ),
                ),
                (
                    "identity_checked",
                    models.BooleanField(default=False, verbose_name="identity checked"),
                ),
                (
                    "items_returned",
                    models.CharField(
                        blank=True, max_length=500, verbose_name="handed over with it"
                    ),
                ),
                (
                    "remarks",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="remarks of the collector"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "payment_state",
                    models.CharField(
                        choices=[
                            ("paid", "Released against full payment"),
                            ("part_paid", "Released against part payment"),
                            ("unpaid", "Released without payment"),
                            ("nothing_due", "Nothing was due"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "balance",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="owed at that moment"
                    ),
                ),
                ("approved_by", models.CharField(blank=True, max_length=200)),
                ("approval_reason", models.CharField(blank=True, max_length=500)),
                ("canonical_json", models.TextField(blank=True, editable=False)),
                (
                    "sha256",
                    models.CharField(
                        blank=True, editable=False, max_length=64, verbose_name="SHA-256"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=200)),
                (
                    "check_out",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_overs",
                        to="inspections.inspection",
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
                    "repair_order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_overs",
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
                    "signature",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_over",
                        to="signing.signature",
                    ),
                ),
            ],
            options={
                "verbose_name": "hand-over",
                "verbose_name_plural": "hand-overs",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("payment_state__in", ["paid", "nothing_due"]),
                            models.Q(
                                models.Q(("approved_by", ""), _negated=True),
                                models.Q(("approval_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="hand_over_unpaid_is_approved",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("full", "Invoice"),
                            ("partial_repair", "Invoice for a partial repair"),
                            ("deposit", "Deposit invoice"),
                            ("storage", "Storage invoice"),
                            ("credit_note", "Credit note"),
                        ],
                        max_length=14,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("issued", "Issued"),
                            ("void", "Void"),
                            ("written_off", "Written off"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True, editable=False, max_length=20, verbose_name="number"
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True, editable=False, max_length=25, verbose_name="payment reference"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("fr", "French"), ("ru", "Russian")],
                        max_length=2,
                    ),
                ),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="issued on")),
                (
                    "performed_on",
                    models.DateField(blank=True, null=True, verbose_name="performed on"),
                ),
                ("due_on", models.DateField(verbose_name="due on")),
                (
                    "explanation",
                    models.TextField(blank=True, max_length=4000, verbose_name="explanation"),
                ),
                (
                    "subtotal",
                    shopdisputes.money.MoneyField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="subtotal",
                    ),
                ),
                (
                    "tax",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=12, verbose_name="tax"
                    ),
                ),
                (
                    "total",
                    shopdisputes.money.MoneyField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="total",
                    ),
                ),
                ("taxes", models.JSONField(default=list, editable=False)),
                (
                    "balance",
                    shopdisputes.money.MoneyField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        editable=False,
                        max_digits=12,
                        verbose_name="balance",
                    ),
                ),
                ("canonical_json", models.TextField(blank=True, editable=False)),
                (
                    "sha256",
                    models.CharField(
                        blank=True, editable=False, max_length=64, verbose_name="SHA-256"
                    ),
                ),
                ("search_text", models.CharField(blank=True, editable=False, max_length=500)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=200)),
                ("issued_at", models.DateTimeField(editable=False, null=True)),
                ("issued_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("sent_at", models.DateTimeField(editable=False, null=True, verbose_name="sent")),
                (
                    "sent_to",
                    models.EmailField(
                        blank=True, editable=False, max_length=254, verbose_name="sent to"
                    ),
                ),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                ("end_reason", models.TextField(blank=True, editable=False, max_length=1000)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
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
                    "original",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_notes",
                        to="invoices.invoice",
                    ),
                ),
                (
                    "repair_order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
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
                    "signature",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoice",
                        to="signing.signature",
                    ),
                ),
                (
                    "signed_document",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
            ],
            options={
                "verbose_name": "invoice",
                "verbose_name_plural": "invoices",
                "indexes": [
                    models.Index(
                        fields=[
                            "shop",
                            "-created_at",
                            "id",
                            "status",
                            "kind",
                            "due_on",
                            "balance",
                            "total",
                            "search_text",
                        ],
                        name="invoice_newest",
                    ),
                    models.Index(
                        fields=["shop", "status", "-created_at", "id"], name="invoice_by_status"
                    ),
                    models.Index(
                        condition=models.Q(("balance__gt", 0), ("status", "issued")),
                        fields=["shop", "due_on", "id"],
                        name="invoice_open_by_due",
                    ),
                    models.Index(
                        condition=models.Q(("balance__gt", 0), ("status", "issued")),
                        fields=["shop", "-created_at", "id"],
                        name="invoice_open_newest",
                    ),
                    models.Index(
                        fields=["customer", "-created_at", "id"], name="invoice_of_customer"
                    ),
                    models.Index(
                        condition=models.Q(("balance__gt", 0), ("status", "issued")),
                        fields=["customer", "due_on", "id"],
                        name="invoice_open_of_customer",
                    ),
                    models.Index(fields=["shop", "issued_on"], name="invoice_by_issue_day"),
                    models.Index(fields=["shop", "reference"], name="invoice_by_reference"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("shop", "number"),
                        name="invoice_number_unique_per_shop",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "draft")),
                        fields=("repair_order", "kind"),
                        name="invoice_one_draft_of_a_kind_per_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "total__gt",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("subtotal"), "+", models.F("tax")
                                    ),
                                    "-",
                                    models.Value(Decimal("0.005")),
                                ),
                            ),
                            (
                                "total__lt",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("subtotal"), "+", models.F("tax")
                                    ),
                                    "+",
                                    models.Value(Decimal("0.005")),
                                ),
                            ),
                        ),
                        name="invoice_total_adds_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("balance", 0), ("number", ""), ("status", "draft")),
                            models.Q(
                                models.Q(("status", "draft"), _negated=True),
                                models.Q(("number", ""), _negated=True),
                                models.Q(("sha256", ""), _negated=True),
                                ("issued_at__isnull", False),
                                ("issued_on__isnull", False),
                                ("total__gte", 0),
                            ),
                            _connector="OR",
                        ),
                        name="invoice_issued_is_numbered_and_hashed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("balance__gte", 0)), name="invoice_balance_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "issued"), ("balance", 0), _connector="OR"),
                        name="invoice_only_issued_ones_are_owed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("balance", 0), ("kind", "credit_note"), ("original__isnull", False)
                            ),
                            models.Q(
                                models.Q(("kind", "credit_note"), _negated=True), ("original", None)
                            ),
                            _connector="OR",
                        ),
                        name="invoice_credit_note_has_its_original",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("dispute", "Dispute"),
                            ("rework", "Rework"),
                            ("promise", "Promise to pay"),
                            ("plan", "Payment plan"),
                            ("chargeback", "Chargeback"),
                            ("already_paid_claim", "Customer says it is paid"),
                            ("reply_pending", "Waiting for a reply"),
                            ("authorization_gap", "Authorization in doubt"),
                            ("undeliverable", "Mail comes back"),
                            ("legal", "Legal matter"),
                            ("manual", "Held by hand"),
                        ],
                        max_length=20,
                        verbose_name="kind",
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
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("subject", models.CharField(blank=True, editable=False, max_length=40)),
                ("source_id", models.UUIDField(editable=False, null=True)),
                (
                    "review_on",
                    models.DateField(blank=True, null=True, verbose_name="look at it again on"),
                ),
                ("expires_at", models.DateTimeField(editable=False, null=True)),
                ("placed_at", models.DateTimeField()),
                ("placed_by", models.CharField(max_length=200)),
                ("released_at", models.DateTimeField(editable=False, null=True)),
                ("released_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("release_reason", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="invoices.invoice",
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
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "verbose_name": "hold",
                "verbose_name_plural": "holds",
                "indexes": [
                    models.Index(
                        condition=models.Q(("released_at", None)),
                        fields=["invoice"],
                        name="hold_unreleased",
                    ),
                    models.Index(
                        condition=models.Q(("released_at", None)),
                        fields=["shop", "review_on"],
                        name="hold_by_review",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount", None), ("amount__gt", 0), _connector="OR"),
                        name="hold_amount_positive",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("released_at", None), ("source_id__isnull", False)),
                        fields=("invoice", "kind", "source_id"),
                        name="hold_once_a_source",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("already_paid", "I have already paid"),
                            ("something_wrong", "Something is wrong"),
                        ],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("accepted", "Accepted"),
                            ("refused", "Not accepted"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        blank=True, max_length=4000, verbose_name="in the customer's words"
                    ),
                ),
                ("paid_on", models.DateField(blank=True, null=True, verbose_name="paid on")),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("cash", "Cash"),
                            ("card", "Card"),
                            ("bank_transfer", "Bank transfer"),
                            ("cheque", "Cheque"),
                            ("other", "Other"),
                        ],
                        max_length=14,
                        verbose_name="method",
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
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=200)),
                ("answered_at", models.DateTimeField(editable=False, null=True)),
                ("answered_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("answer", models.TextField(blank=True, max_length=4000, verbose_name="answer")),
                (
                    "hold",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claim",
                        to="invoices.hold",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="invoices.invoice",
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
                "verbose_name": "customer's claim",
                "verbose_name_plural": "customers' claims",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "open")),
                        fields=["shop", "made_at"],
                        name="claim_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")),
                        fields=("invoice", "kind"),
                        name="claim_one_open_of_a_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sent_as", models.CharField(blank=True, max_length=200)),
                ("added_at", models.DateTimeField()),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="invoices.claim",
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
                    "shop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shops.shop",
                    ),
                ),
            ],
            options={
                "verbose_name": "file of a customer's claim",
                "verbose_name_plural": "files of customers' claims",
                "constraints": [
                    models.UniqueConstraint(fields=("claim", "file"), name="claim_file_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="DunningPosition",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("cycle", models.PositiveSmallIntegerField(default=1)),
                ("base_on", models.DateField()),
                ("begun_on", models.DateField()),
                ("reached_key", models.PositiveSmallIntegerField(null=True)),
                ("reached_offset", models.SmallIntegerField(null=True)),
                ("pay_by", models.DateField(null=True)),
                ("look_on", models.DateField(null=True)),
                ("next_key", models.PositiveSmallIntegerField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("stopped_at", models.DateTimeField(null=True)),
                ("stopped_by", models.CharField(blank=True, max_length=200)),
                ("stop_reason", models.CharField(blank=True, max_length=300)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "invoice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dunning",
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
            ],
            options={
                "verbose_name": "position in dunning",
                "verbose_name_plural": "positions in dunning",
                "indexes": [
                    models.Index(
                        condition=models.Q(("look_on__isnull", False)),
                        fields=["shop", "look_on", "customer"],
                        name="dunning_position_due",
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", False)),
                        fields=["shop", "ended_at"],
                        name="dunning_position_ended",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stopped_at", None), ("look_on", None), _connector="OR"
                        ),
                        name="dunning_stopped_is_not_looked_at",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("labour", "Labour"),
                            ("part", "Part"),
                            ("diagnosis", "Diagnosis"),
                            ("teardown", "Disassembly"),
                            ("reassembly", "Reassembly"),
                            ("sublet", "Work done elsewhere"),
                            ("fee", "Fee"),
                            ("storage", "Storage"),
                            ("discount", "Discount"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("description", models.CharField(max_length=300, verbose_name="description")),
                (
                    "quantity",
                    models.DecimalField(
                        decimal_places=3, max_digits=9, verbose_name="quantity or hours"
                    ),
                ),
                (
                    "unit_price",
                    shopdisputes.money.MoneyField(
                        decimal_places=2,
                        max_digits=12,
                        verbose_name="unit price or rate, before tax",
                    ),
                ),
                (
                    "tax_rate",
                    models.DecimalField(decimal_places=2, max_digits=5, verbose_name="tax, %"),
                ),
                (
                    "part_condition",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("new", "New"),
                            ("used", "Used"),
                            ("rebuilt", "Rebuilt"),
                            ("original", "Original equipment"),
                            ("aftermarket", "Aftermarket"),
                        ],
                        max_length=12,
                        verbose_name="part condition",
                    ),
                ),
                (
                    "net",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="net"
                    ),
                ),
                (
                    "classification",
                    models.CharField(
                        choices=[
                            ("agreed", "Authorized and done"),
                            ("labour_performed", "Labour performed"),
                            ("part_installed", "Part fitted"),
                            ("part_special_order", "Part ordered for you, not returnable"),
                            ("restocking_fee", "Supplier's fee for taking a part back"),
                            ("diagnosis", "Diagnosis"),
                            ("teardown", "Disassembly"),
                            ("destroyed_part", "Part destroyed by disassembly"),
                            ("reassembly", "Reassembly"),
                            ("sublet_performed", "Work done elsewhere"),
                            ("fee", "Fee"),
                            ("discount", "Discount"),
                            ("storage", "Storage"),
                            ("not_performed", "Not performed"),
                            ("part_returned", "Part returned"),
                            ("declined", "Declined"),
                        ],
                        default="agreed",
                        max_length=20,
                        verbose_name="what it is for",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("basis", models.JSONField(default=dict, editable=False)),
                ("gaps", models.JSONField(default=list, editable=False)),
                (
                    "override_reason",
                    models.TextField(
                        blank=True, max_length=1000, verbose_name="reason of the override"
                    ),
                ),
                ("override_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("override_at", models.DateTimeField(editable=False, null=True)),
                (
                    "answer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="estimates.lineanswer",
                    ),
                ),
                (
                    "credited_line",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credits",
                        to="invoices.invoiceline",
                    ),
                ),
                (
                    "estimate_line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoice_lines",
                        to="estimates.estimateline",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
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
            ],
            options={
                "verbose_name": "line of an invoice",
                "verbose_name_plural": "lines of invoices",
                "indexes": [
                    models.Index(fields=["shop", "estimate_line"], name="invoice_line_by_estimate")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gte", 0), ("quantity__lte", 9999)),
                        name="invoice_line_quantity_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tax_rate__gte", 0), ("tax_rate__lte", 100)),
                        name="invoice_line_tax_rate_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "discount"), ("unit_price__lte", 0)),
                            models.Q(
                                models.Q(("kind", "discount"), _negated=True),
                                ("unit_price__gte", 0),
                            ),
                            _connector="OR",
                        ),
                        name="invoice_line_negative_only_for_discounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("override_at", None), ("override_by", ""), ("override_reason", "")
                            ),
                            models.Q(
                                models.Q(("override_reason", ""), _negated=True),
                                models.Q(("override_by", ""), _negated=True),
                                ("override_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="invoice_line_override_is_signed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=20, verbose_name="number")),
                (
                    "purpose",
                    models.CharField(
                        choices=[("payment", "Payment"), ("deposit", "Deposit")],
                        default="payment",
                        max_length=10,
                        verbose_name="purpose",
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "amount",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="amount"
                    ),
                ),
                (
                    "unallocated",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, editable=False, max_digits=12, verbose_name="unallocated"
                    ),
                ),
                (
                    "refunded",
                    shopdisputes.money.MoneyField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        editable=False,
                        max_digits=12,
                        verbose_name="refunded",
                    ),
                ),
                (
                    "charged_back",
                    shopdisputes.money.MoneyField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        editable=False,
                        max_digits=12,
                        verbose_name="taken back by the bank",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("cash", "Cash"),
                            ("card", "Card"),
                            ("bank_transfer", "Bank transfer"),
                            ("cheque", "Cheque"),
                            ("other", "Other"),
                        ],
                        max_length=14,
                        verbose_name="method",
                    ),
                ),
                ("received_on", models.DateField(verbose_name="received on")),
                (
                    "reference",
                    models.CharField(blank=True, max_length=140, verbose_name="reference"),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("idempotency_key", models.UUIDField(editable=False, null=True)),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=200, verbose_name="recorded by")),
                ("receipt_sent_to", models.EmailField(blank=True, editable=False, max_length=254)),
                ("annulled_at", models.DateTimeField(editable=False, null=True)),
                ("annulled_by", models.CharField(blank=True, editable=False, max_length=200)),
                ("annul_reason", models.CharField(blank=True, editable=False, max_length=500)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="customers.customer",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
                (
                    "repair_order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deposits",
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
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
                "indexes": [
                    models.Index(
                        fields=["shop", "-received_on", "-recorded_at", "id"], name="payment_newest"
                    ),
                    models.Index(
                        fields=["customer", "-received_on", "id"], name="payment_of_customer"
                    ),
                    models.Index(
                        condition=models.Q(("annulled_at", None), ("unallocated__gt", 0)),
                        fields=["shop", "customer"],
                        name="payment_unallocated",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "number"), name="payment_number_unique"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("idempotency_key__isnull", False)),
                        fields=("shop", "idempotency_key"),
                        name="payment_once_a_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="payment_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("unallocated__gte", 0),
                            ("refunded__gte", 0),
                            ("charged_back__gte", 0),
                            (
                                "amount__gt",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("unallocated"), "+", models.F("refunded")
                                        ),
                                        "+",
                                        models.F("charged_back"),
                                    ),
                                    "-",
                                    models.Value(Decimal("0.005")),
                                ),
                            ),
                        ),
                        name="payment_no_more_than_it_was",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("annulled_at", None),
                            models.Q(
                                ("charged_back", 0),
                                ("refunded", 0),
                                ("unallocated", models.F("amount")),
                            ),
                            _connector="OR",
                        ),
                        name="payment_annulled_is_on_no_invoice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("purpose", "deposit"), ("repair_order__isnull", False)),
                            models.Q(("purpose", "payment"), ("repair_order", None)),
                            _connector="OR",
                        ),
                        name="payment_deposit_names_its_visit",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sequence", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("billed", "Billed"),
                            ("payment", "Payment"),
                            ("payment_taken_back", "Payment taken off again"),
                            ("credit", "Credit note"),
                            ("voided", "Voided"),
                            ("write_off", "Written off"),
                            ("recovery", "Write-off taken back"),
                            ("chargeback", "Taken back by the bank"),
                            ("chargeback_reversed", "Given back by the bank"),
                            ("fee", "Charge for being late"),
                            ("fee_waived", "Charge waived"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "amount",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="amount"
                    ),
                ),
                (
                    "balance",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="balance"
                    ),
                ),
                ("on", models.DateField(verbose_name="day")),
                ("at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=200, verbose_name="recorded by")),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "credit_note",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credited_entries",
                        to="invoices.invoice",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="invoices.invoice",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
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
                "verbose_name": "ledger entry",
                "verbose_name_plural": "ledger entries",
                "indexes": [
                    models.Index(fields=["shop", "on", "kind"], name="ledger_entry_by_day")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("invoice", "sequence"), name="ledger_entry_sequence_unique"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "billed")),
                        fields=("invoice",),
                        name="ledger_entry_billed_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "credit")),
                        fields=("credit_note",),
                        name="ledger_entry_credited_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount", 0), _negated=True),
                            ("kind", "billed"),
                            _connector="OR",
                        ),
                        name="ledger_entry_moves_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("balance__gte", 0)),
                        name="ledger_entry_balance_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "kind__in",
                                    [
                                        "payment",
                                        "payment_taken_back",
                                        "chargeback",
                                        "chargeback_reversed",
                                    ],
                                ),
                                ("payment__isnull", False),
                            ),
                            models.Q(
                                models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "payment",
                                            "payment_taken_back",
                                            "chargeback",
                                            "chargeback_reversed",
                                        ],
                                    ),
                                    _negated=True,
                                ),
                                ("payment", None),
                            ),
                            _connector="OR",
                        ),
                        name="ledger_entry_of_a_payment_names_it",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankTransaction",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("fingerprint", models.CharField(editable=False, max_length=64)),
                ("booked_on", models.DateField(verbose_name="booked on")),
                (
                    "amount",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="amount"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("payer", models.CharField(blank=True, max_length=200, verbose_name="payer")),
                (
                    "payer_account",
                    models.CharField(blank=True, max_length=40, verbose_name="payer's account"),
                ),
                ("text", models.CharField(blank=True, max_length=500, verbose_name="text")),
                (
                    "reference",
                    models.CharField(blank=True, max_length=35, verbose_name="reference"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "To be decided"),
                            ("booked", "Booked"),
                            ("ignored", "Set aside"),
                        ],
                        default="new",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                ("decided_by", models.CharField(blank=True, editable=False, max_length=200)),
                (
                    "payment",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_transaction",
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
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transactions",
                        to="invoices.bankimport",
                    ),
                ),
            ],
            options={
                "verbose_name": "bank transaction",
                "verbose_name_plural": "bank transactions",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "new")),
                        fields=["shop", "-booked_on", "id"],
                        name="bank_transaction_undecided",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "fingerprint"), name="bank_transaction_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="bank_transaction_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("payment__isnull", False), ("status", "booked")),
                            models.Q(
                                models.Q(("status", "booked"), _negated=True), ("payment", None)
                            ),
                            _connector="OR",
                        ),
                        name="bank_transaction_booked_has_its_payment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentPlan",
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
                            ("offered", "Offered"),
                            ("active", "Running"),
                            ("completed", "Completed"),
                            ("declined", "Declined"),
                            ("lapsed", "Not signed in time"),
                            ("ended", "Ended"),
                        ],
                        default="offered",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "total",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="total"
                    ),
                ),
                ("after_entry", models.PositiveIntegerField()),
                (
                    "note",
                    models.TextField(
                        blank=True, max_length=1000, verbose_name="note to the customer"
                    ),
                ),
                ("answer_by", models.DateField(verbose_name="to be signed by")),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=200)),
                ("sent_to", models.EmailField(blank=True, editable=False, max_length=254)),
                ("canonical_json", models.TextField(blank=True, editable=False)),
                (
                    "sha256",
                    models.CharField(
                        blank=True, editable=False, max_length=64, verbose_name="SHA-256"
                    ),
                ),
                ("signed_at", models.DateTimeField(editable=False, null=True)),
                ("agreed_how", models.CharField(blank=True, editable=False, max_length=300)),
                ("ended_at", models.DateTimeField(editable=False, null=True)),
                ("end_reason", models.CharField(blank=True, editable=False, max_length=500)),
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
                    "hold",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="invoices.hold",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
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
                    "signature",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_plan",
                        to="signing.signature",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment plan",
                "verbose_name_plural": "payment plans",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "offered")),
                        fields=["answer_by"],
                        name="plan_offered_by_day",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("shop", "number"), name="plan_number_unique"),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["offered", "active"])),
                        fields=("invoice",),
                        name="plan_one_in_force_per_invoice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("total__gt", 0)), name="plan_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Instalment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("due_on", models.DateField(verbose_name="due on")),
                (
                    "amount",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="amount"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instalments",
                        to="invoices.paymentplan",
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
                "verbose_name": "instalment",
                "verbose_name_plural": "instalments",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "position"), name="instalment_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="instalment_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Promise",
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
                ("promised_on", models.DateField(verbose_name="promised day")),
                ("grace_until", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("kept", "Kept"),
                            ("partly_kept", "Partly kept"),
                            ("broken", "Broken"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                ("after_entry", models.PositiveIntegerField()),
                (
                    "paid",
                    shopdisputes.money.MoneyField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        editable=False,
                        max_digits=12,
                        verbose_name="paid",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=200)),
                ("settled_at", models.DateTimeField(editable=False, null=True)),
                (
                    "hold",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promise",
                        to="invoices.hold",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promises",
                        to="invoices.invoice",
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
                "verbose_name": "promise to pay",
                "verbose_name_plural": "promises to pay",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "open")),
                        fields=["grace_until"],
                        name="promise_open_by_grace",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="promise_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("grace_until__gte", models.F("promised_on"))),
                        name="promise_grace_follows",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")),
                        fields=("invoice",),
                        name="promise_one_open_per_invoice",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Refund",
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
                    "method",
                    models.CharField(
                        choices=[
                            ("cash", "Cash"),
                            ("card", "Card"),
                            ("bank_transfer", "Bank transfer"),
                            ("cheque", "Cheque"),
                            ("other", "Other"),
                        ],
                        max_length=14,
                        verbose_name="method",
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("refunded_on", models.DateField(verbose_name="refunded on")),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=200, verbose_name="recorded by")),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
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
                "verbose_name": "refund",
                "verbose_name_plural": "refunds",
                "indexes": [models.Index(fields=["shop", "refunded_on"], name="refund_by_day")],
                "constraints": [
                    models.UniqueConstraint(fields=("shop", "number"), name="refund_number_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)), name="refund_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StopWork",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("happened_at", models.DateTimeField(verbose_name="when")),
                (
                    "reason",
                    models.TextField(
                        max_length=2000, verbose_name="reason, in the customer's words"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("in_person", "In person"),
                            ("phone", "By phone"),
                            ("email", "By e-mail"),
                            ("letter", "By letter"),
                        ],
                        max_length=10,
                        verbose_name="how we were told",
                    ),
                ),
                ("person", models.CharField(blank=True, max_length=200, verbose_name="told by")),
                (
                    "car_state",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="state of the vehicle"
                    ),
                ),
                (
                    "safety",
                    models.CharField(
                        choices=[
                            ("safe", "May be driven"),
                            ("unsafe", "Must not be driven"),
                            ("disassembled", "Taken apart, cannot be driven"),
                        ],
                        default="safe",
                        max_length=12,
                        verbose_name="may it be driven",
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=200)),
                ("work", models.JSONField(default=list, editable=False)),
                (
                    "option",
                    models.CharField(
                        choices=[
                            ("undecided", "Not chosen yet"),
                            ("finish", "Finish as authorized"),
                            ("reassemble", "Put together again and hand over"),
                            ("release_as_is", "Hand over as it is"),
                        ],
                        default="undecided",
                        max_length=14,
                        verbose_name="choice",
                    ),
                ),
                ("option_prices", models.JSONField(default=dict, editable=False)),
                (
                    "option_note",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="what the customer should know"
                    ),
                ),
                ("offered_at", models.DateTimeField(editable=False, null=True)),
                ("offered_to", models.EmailField(blank=True, editable=False, max_length=254)),
                ("chosen_at", models.DateTimeField(editable=False, null=True)),
                (
                    "choice_mode",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("electronic", "By link"),
                            ("in_person", "In person"),
                            ("paper", "On paper"),
                            ("oral", "Orally"),
                        ],
                        max_length=12,
                    ),
                ),
                ("choice_person", models.CharField(blank=True, max_length=200)),
                ("choice_note", models.CharField(blank=True, max_length=500)),
                (
                    "recorded_choice_by",
                    models.CharField(blank=True, editable=False, max_length=200),
                ),
                ("canonical_json", models.TextField(blank=True, editable=False)),
                (
                    "sha256",
                    models.CharField(
                        blank=True, editable=False, max_length=64, verbose_name="SHA-256"
                    ),
                ),
                ("lifted_at", models.DateTimeField(editable=False, null=True)),
                ("lift_reason", models.CharField(blank=True, editable=False, max_length=500)),
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
                    "inspection",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stops",
                        to="inspections.inspection",
                    ),
                ),
                (
                    "repair_order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stops",
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
                    "signature",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stop_work",
                        to="signing.signature",
                    ),
                ),
                (
                    "signed_document",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
            ],
            options={
                "verbose_name": "stop of work",
                "verbose_name_plural": "stops of work",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)),
                        fields=("repair_order",),
                        name="stop_work_one_in_force_per_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("chosen_at", None), ("option", "undecided")),
                            models.Q(
                                models.Q(("option", "undecided"), _negated=True),
                                ("chosen_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="stop_work_choice_has_its_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StopWorkFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sent_as", models.CharField(blank=True, max_length=200)),
                ("added_at", models.DateTimeField()),
                ("added_by", models.CharField(max_length=200)),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="uploads.storedfile",
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
                    "stop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="invoices.stopwork",
                    ),
                ),
            ],
            options={
                "verbose_name": "proof of a stop",
                "verbose_name_plural": "proofs of stops",
                "constraints": [
                    models.UniqueConstraint(fields=("stop", "file"), name="stop_work_file_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="StorageNotice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("ready_on", models.DateField(verbose_name="ready since")),
                (
                    "daily_rate",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="a day, before tax"
                    ),
                ),
                (
                    "tax_rate",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=5,
                        verbose_name="tax, %",
                    ),
                ),
                ("free_days", models.PositiveSmallIntegerField(verbose_name="free days")),
                ("first_day", models.DateField(verbose_name="first day that counts")),
                (
                    "message",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="message to the customer"
                    ),
                ),
                ("sent_to", models.EmailField(blank=True, editable=False, max_length=254)),
                (
                    "served_how",
                    models.CharField(blank=True, max_length=300, verbose_name="how it was given"),
                ),
                ("sent_at", models.DateTimeField()),
                ("sent_by", models.CharField(max_length=200)),
                ("stopped_on", models.DateField(editable=False, null=True)),
                ("stop_reason", models.CharField(blank=True, editable=False, max_length=300)),
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
                    "repair_order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="storage_notices",
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
                "verbose_name": "storage notice",
                "verbose_name_plural": "storage notices",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("stopped_on", None)),
                        fields=("repair_order",),
                        name="storage_one_clock_per_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("daily_rate__gte", 0)), name="storage_rate_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StorageSuspension",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("dispute", "Dispute about the repair"),
                            ("work", "The shop works on the vehicle"),
                            ("parts", "Waiting for parts"),
                            ("goodwill", "Goodwill"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                ("from_on", models.DateField(verbose_name="from")),
                ("until_on", models.DateField(blank=True, null=True, verbose_name="until")),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=200)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suspensions",
                        to="invoices.storagenotice",
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
                "verbose_name": "suspension of storage",
                "verbose_name_plural": "suspensions of storage",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until_on", None),
                            ("until_on__gte", models.F("from_on")),
                            _connector="OR",
                        ),
                        name="storage_suspension_in_order",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("not_started", "Not started"),
                            ("in_progress", "In progress"),
                            ("done", "Done"),
                            ("stopped", "Stopped"),
                        ],
                        default="not_started",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "done_quantity",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal("0.00"),
                        max_digits=9,
                        verbose_name="done, quantity or hours",
                    ),
                ),
                (
                    "hours_spent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=7,
                        null=True,
                        verbose_name="hours spent",
                    ),
                ),
                (
                    "part_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("needed", "Not ordered"),
                            ("ordered", "Ordered"),
                            ("special_order", "Ordered specially, not returnable"),
                            ("received", "In the shop"),
                            ("installed", "Fitted"),
                            ("returned", "Returned to the supplier"),
                            ("destroyed", "Destroyed by disassembly"),
                        ],
                        max_length=14,
                        verbose_name="part",
                    ),
                ),
                (
                    "returnable_until",
                    models.DateField(blank=True, null=True, verbose_name="returnable until"),
                ),
                (
                    "restocking_fee",
                    shopdisputes.money.MoneyField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="supplier's fee for taking it back, before tax",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                ("updated_at", models.DateTimeField()),
                ("updated_by", models.CharField(max_length=200)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="estimates.estimateline",
                    ),
                ),
                (
                    "repair_order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="work_items",
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
                    "supplier_proof",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="uploads.storedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "work on a line",
                "verbose_name_plural": "work on lines",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("repair_order", "key"), name="work_item_once_a_line"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("done_quantity__gte", 0), ("done_quantity__lte", 9999)),
                        name="work_item_quantity_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hours_spent", None), ("hours_spent__gte", 0), _connector="OR"
                        ),
                        name="work_item_hours_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("restocking_fee__gte", 0)),
                        name="work_item_fee_not_negative",
                    ),
                ],
            },
        ),
        # After all tables: altering one drops its wall on SQLite.
        ForbidChanges(
            "Invoice",
            frozen_when="OLD.status <> 'draft'",
            except_columns=(
                "status",
                "balance",
                "document_id",
                "signature_id",
                "signed_document_id",
                "sent_at",
                "sent_to",
                "ended_at",
                "end_reason",
            ),
        ),
        ForbidChanges(
            "InvoiceLine",
            frozen_when=(
                "EXISTS (SELECT 1 FROM invoices_invoice invoice"
                " WHERE invoice.id = OLD.invoice_id AND invoice.status <> 'draft')"
            ),
        ),
        ForbidChanges("LedgerEntry"),
        ForbidChanges(
            "Payment",
            except_columns=(
                "unallocated",
                "refunded",
                "charged_back",
                "receipt_id",
                "receipt_sent_to",
                "annulled_at",
                "annulled_by",
                "annul_reason",
            ),
        ),
        ForbidChanges("Refund"),
        ForbidChanges(
            "Hold",
            except_columns=(
                "owner_id",
                "review_on",
                "released_at",
                "released_by",
                "release_reason",
            ),
        ),
        ForbidChanges("Promise", except_columns=("status", "paid", "settled_at")),
        ForbidChanges(
            "PaymentPlan",
            except_columns=(
                "status",
                "sent_to",
                "signature_id",
                "signed_at",
                "agreed_how",
                "document_id",
                "ended_at",
                "end_reason",
                "hold_id",
            ),
        ),
        ForbidChanges("Instalment"),
        ForbidChanges("Claim", except_columns=("status", "answered_at", "answered_by", "answer")),
        ForbidChanges("ClaimFile"),
        ForbidChanges(
            "StopWork",
            except_columns=(
                "car_state",
                "safety",
                "inspection_id",
                "option",
                "option_prices",
                "option_note",
                "offered_at",
                "offered_to",
                "chosen_at",
                "choice_mode",
                "choice_person",
                "choice_note",
                "recorded_choice_by",
                "signature_id",
                "canonical_json",
                "sha256",
                "document_id",
                "signed_document_id",
                "lifted_at",
                "lift_reason",
            ),
        ),
        ForbidChanges("StopWorkFile"),
        ForbidChanges("BankImport", except_columns=("taken", "known", "outgoing")),
        ForbidChanges(
            "BankTransaction",
            except_columns=("status", "payment_id", "decided_at", "decided_by"),
        ),
        ForbidChanges("StorageNotice", except_columns=("document_id", "stopped_on", "stop_reason")),
        ForbidChanges("HandOver", except_columns=("document_id",)),
    ]
