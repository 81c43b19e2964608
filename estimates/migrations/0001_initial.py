import uuid
from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import shopdisputes.money
from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("documents", "0001_initial"),
        ("inspections", "0001_initial"),
        ("repairorders", "0001_initial"),
        ("shops", "0001_initial"),
        ("signing", "0001_initial"),
        ("uploads", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Estimate",
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
                            ("draft", "Draft"),
                            ("sent", "Sent"),
                            ("answered", "Answered"),
                            ("expired", "Expired"),
                            ("superseded", "Replaced"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="status",
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
                ("created_at", models.DateTimeField()),
                (
                    "repair_order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="estimates",
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
                "verbose_name": "estimate",
                "verbose_name_plural": "estimates",
                "indexes": [
                    models.Index(fields=["shop", "-created_at", "id"], name="estimate_newest"),
                    models.Index(
                        fields=["shop", "status", "-created_at", "id"], name="estimate_by_status"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "number"), name="estimate_number_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EstimateRevision",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="revision")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("sent", "Sent"),
                            ("answered", "Answered"),
                            ("expired", "Expired"),
                            ("superseded", "Replaced"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                (
                    "reason",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="why it was revised"
                    ),
                ),
                ("valid_until", models.DateField(verbose_name="valid until")),
                (
                    "deposit_amount",
                    shopdisputes.money.MoneyField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=12,
                        verbose_name="deposit asked for",
                    ),
                ),
                (
                    "message",
                    models.TextField(
                        blank=True, max_length=4000, verbose_name="message to the customer"
                    ),
                ),
                (
                    "request_authorization",
                    models.BooleanField(default=True, verbose_name="ask for authorization"),
                ),
                (
                    "request_signature",
                    models.BooleanField(default=True, verbose_name="ask for a signature"),
                ),
                (
                    "required_level",
                    models.CharField(
                        choices=[
                            ("L0", "L0 — oral, confirmed in writing"),
                            ("L1", "L1 — typed name"),
                            ("L2", "L2 — drawn signature"),
                            ("L3", "L3 — signature and a code by e-mail"),
                            ("L5", "L5 — signed on paper"),
                        ],
                        default="L1",
                        max_length=2,
                        verbose_name="evidence level asked for",
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
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
                ("canonical_json", models.TextField(blank=True, editable=False)),
                (
                    "sha256",
                    models.CharField(
                        blank=True, editable=False, max_length=64, verbose_name="SHA-256"
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=200)),
                ("sent_at", models.DateTimeField(editable=False, null=True, verbose_name="sent")),
                (
                    "sent_to",
                    models.EmailField(
                        blank=True, editable=False, max_length=254, verbose_name="sent to"
                    ),
                ),
                (
                    "answered_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="answered"),
                ),
                ("reminded_at", models.DateTimeField(editable=False, null=True)),
                (
                    "call_requested_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="asked for a call"
                    ),
                ),
                ("call_note", models.CharField(blank=True, editable=False, max_length=300)),
                ("call_done_at", models.DateTimeField(editable=False, null=True)),
                (
                    "paper_requested_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="wants to sign on paper"
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
                    "estimate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="estimates.estimate",
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
                "verbose_name": "revision of an estimate",
                "verbose_name_plural": "revisions of estimates",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "sent")),
                        fields=["valid_until"],
                        name="revision_open_by_validity",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("estimate", "number"), name="revision_number_unique"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "draft")),
                        fields=("estimate",),
                        name="revision_one_draft_per_estimate",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["sent", "answered"])),
                        fields=("estimate",),
                        name="revision_one_in_force_per_estimate",
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
                        name="revision_total_adds_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "draft"),
                            models.Q(
                                models.Q(("sha256", ""), _negated=True), ("sent_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="revision_sent_is_hashed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deposit_amount__gte", 0),
                            models.Q(
                                ("status", "draft"),
                                ("deposit_amount__lte", models.F("total")),
                                _connector="OR",
                            ),
                        ),
                        name="revision_deposit_within_total",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EstimateLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False)),
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
                ("reason", models.TextField(blank=True, max_length=1000, verbose_name="why")),
                (
                    "quantity",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal("1"),
                        max_digits=9,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0.001")),
                            django.core.validators.MaxValueValidator(Decimal("9999")),
                        ],
                        verbose_name="quantity or hours",
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
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                        verbose_name="tax, %",
                    ),
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
                    "necessity",
                    models.CharField(
                        choices=[
                            ("required", "Needed"),
                            ("recommended", "Recommended"),
                            ("optional", "Can wait"),
                        ],
                        default="required",
                        max_length=12,
                        verbose_name="necessity",
                    ),
                ),
                (
                    "contingent",
                    models.BooleanField(
                        default=False, verbose_name="only if needed after disassembly"
                    ),
                ),
                (
                    "disclosure",
                    models.TextField(
                        blank=True, max_length=2000, verbose_name="what disassembly means"
                    ),
                ),
                (
                    "net",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="net"
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="estimate_lines",
                        to="inspections.inspectionitem",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="estimates.estimaterevision",
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
                "verbose_name": "line of an estimate",
                "verbose_name_plural": "lines of estimates",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("revision", "key"), name="line_key_once_a_revision"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0), ("quantity__lte", 9999)),
                        name="line_quantity_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tax_rate__gte", 0), ("tax_rate__lte", 100)),
                        name="line_tax_rate_sane",
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
                        name="line_negative_only_for_discounts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Authorization",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("electronic", "By link"),
                            ("in_person", "In person"),
                            ("paper", "On paper"),
                            ("oral", "Orally"),
                        ],
                        max_length=12,
                        verbose_name="mode",
                    ),
                ),
                (
                    "evidence_level",
                    models.CharField(
                        choices=[
                            ("L0", "L0 — oral, confirmed in writing"),
                            ("L1", "L1 — typed name"),
                            ("L2", "L2 — drawn signature"),
                            ("L3", "L3 — signature and a code by e-mail"),
                            ("L5", "L5 — signed on paper"),
                        ],
                        max_length=2,
                        verbose_name="evidence level",
                    ),
                ),
                ("person", models.CharField(max_length=200, verbose_name="answered by")),
                (
                    "contact",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="number or address used"
                    ),
                ),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=200, verbose_name="recorded by")),
                (
                    "witness",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="second member of staff"
                    ),
                ),
                (
                    "added_amount",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="added cost"
                    ),
                ),
                (
                    "new_total",
                    shopdisputes.money.MoneyField(
                        decimal_places=2, max_digits=12, verbose_name="new authorized total"
                    ),
                ),
                ("objection_until", models.DateTimeField(null=True)),
                (
                    "paper_receipt",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("original_seen", "I have seen the original"),
                            ("by_post", "The original came by post"),
                            ("by_email", "A scan came by e-mail"),
                        ],
                        max_length=14,
                        verbose_name="how it came back",
                    ),
                ),
                (
                    "paper_location",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="where the original lies"
                    ),
                ),
                ("paper_pages_read", models.PositiveSmallIntegerField(null=True)),
                ("paper_pages_printed", models.PositiveSmallIntegerField(null=True)),
                ("paper_unread_reason", models.CharField(blank=True, max_length=300)),
                (
                    "document",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
                (
                    "files",
                    models.ManyToManyField(blank=True, related_name="+", to="uploads.storedfile"),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorizations",
                        to="estimates.estimaterevision",
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorization",
                        to="signing.signature",
                    ),
                ),
            ],
            options={
                "verbose_name": "authorization",
                "verbose_name_plural": "authorizations",
                "indexes": [
                    models.Index(fields=["shop", "-recorded_at"], name="authorization_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("mode__in", ["electronic", "in_person"]), ("signature__isnull", False)
                        ),
                        fields=("revision",),
                        name="authorization_signed_once_a_revision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("mode", "electronic"), _negated=True),
                            ("signature__isnull", False),
                            _connector="OR",
                        ),
                        name="authorization_by_link_is_signed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signature__isnull", False),
                            models.Q(("evidence_level", "L0"), ("objection_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="authorization_unsigned_is_l0_and_can_be_objected",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JobTemplate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("fr", "French"), ("ru", "Russian")],
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
                ("created_at", models.DateTimeField()),
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
                "verbose_name": "frequent job",
                "verbose_name_plural": "frequent jobs",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "name"), name="job_template_name_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="JobTemplateLine",
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
                ("reason", models.TextField(blank=True, max_length=1000, verbose_name="why")),
                (
                    "quantity",
                    models.DecimalField(
                        decimal_places=3,
                        default=Decimal("1"),
                        max_digits=9,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0.001")),
                            django.core.validators.MaxValueValidator(Decimal("9999")),
                        ],
                        verbose_name="quantity or hours",
                    ),
                ),
                (
                    "unit_price",
                    shopdisputes.money.MoneyField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        verbose_name="unit price or rate, before tax",
                    ),
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
                    "necessity",
                    models.CharField(
                        choices=[
                            ("required", "Needed"),
                            ("recommended", "Recommended"),
                            ("optional", "Can wait"),
                        ],
                        default="required",
                        max_length=12,
                        verbose_name="necessity",
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
                    "template",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="estimates.jobtemplate",
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a frequent job",
                "verbose_name_plural": "lines of frequent jobs",
            },
        ),
        migrations.CreateModel(
            name="LineAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("authorized", "Authorized"),
                            ("deferred", "Not now"),
                            ("declined", "Declined"),
                        ],
                        max_length=12,
                        verbose_name="answer",
                    ),
                ),
                (
                    "authorization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="estimates.authorization",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="estimates.estimateline",
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
                "verbose_name": "answer to a line",
                "verbose_name_plural": "answers to lines",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authorization", "line"), name="line_answered_once_an_authorization"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PaperCopy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("printed_at", models.DateTimeField()),
                ("printed_by", models.CharField(max_length=200)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paper_copies",
                        to="estimates.estimaterevision",
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
                "verbose_name": "print for signature",
                "verbose_name_plural": "prints for signature",
            },
        ),
        # After all tables: altering one drops its wall on SQLite.
        ForbidChanges(
            "EstimateRevision",
            frozen_when="OLD.status <> 'draft'",
            except_columns=(
                "status",
                "sent_to",
                "answered_at",
                "reminded_at",
                "call_requested_at",
                "call_note",
                "call_done_at",
                "paper_requested_at",
            ),
        ),
        ForbidChanges(
            "EstimateLine",
            frozen_when=(
                "EXISTS (SELECT 1 FROM estimates_estimaterevision revision"
                " WHERE revision.id = OLD.revision_id AND revision.status <> 'draft')"
            ),
        ),
        ForbidChanges("Authorization"),
        ForbidChanges("LineAnswer"),
        ForbidChanges("Authorization_files"),
        ForbidChanges("PaperCopy"),
    ]
