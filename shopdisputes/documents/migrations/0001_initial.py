import uuid

import django.db.models.deletion
from django.db import migrations, models

import shopdisputes.documents.models
from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
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
                            ("estimate", "Estimate"),
                            ("estimate_for_paper", "Estimate to sign on paper"),
                            ("signed_estimate", "Signed estimate"),
                            ("inspection", "Inspection report"),
                            ("acknowledged_inspection", "Acknowledged inspection"),
                            ("comparison", "Check-in beside check-out"),
                            ("invoice", "Invoice"),
                            ("signed_invoice", "Signed invoice"),
                            ("credit_note", "Credit note"),
                            ("receipt", "Receipt"),
                            ("statement", "Statement of open items"),
                            ("payment_plan", "Payment plan"),
                            ("stop_work", "Record of a stopped repair"),
                            ("signed_stop_work", "Signed choice after a stopped repair"),
                            ("storage_notice", "Storage notice"),
                            ("hand_over", "Hand-over record"),
                            ("reminder_letter", "Reminder by letter"),
                            ("formal_demand", "Formal demand"),
                            ("address_sheet", "Address sheet of letters"),
                            ("settlement", "Settlement of a dispute"),
                        ],
                        max_length=30,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("filename", models.CharField(max_length=120)),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("fr", "French"), ("ru", "Russian")],
                        max_length=2,
                    ),
                ),
                ("target_id", models.UUIDField()),
                ("repair_order_id", models.UUIDField(null=True)),
                ("html", models.TextField(editable=False)),
                ("attachment_name", models.CharField(blank=True, editable=False, max_length=80)),
                ("attachment", models.TextField(blank=True, editable=False)),
                ("seal_wanted", models.BooleanField(default=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting for the typesetter"),
                            ("claimed", "Being typeset"),
                            ("ready", "Ready"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(editable=False, null=True)),
                ("lease_until", models.DateTimeField(editable=False, null=True)),
                ("next_try_at", models.DateTimeField(editable=False)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "last_error",
                    models.CharField(
                        blank=True, editable=False, max_length=300, verbose_name="last error"
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        blank=True, max_length=200, upload_to=shopdisputes.documents.models.pdf_name
                    ),
                ),
                (
                    "sha256",
                    models.CharField(
                        blank=True, editable=False, max_length=64, verbose_name="SHA-256"
                    ),
                ),
                (
                    "size",
                    models.PositiveIntegerField(
                        editable=False, null=True, verbose_name="size, bytes"
                    ),
                ),
                (
                    "pages",
                    models.PositiveSmallIntegerField(
                        editable=False, null=True, verbose_name="pages"
                    ),
                ),
                ("ready_at", models.DateTimeField(editable=False, null=True)),
                ("seal_fingerprint", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "timestamp_state",
                    models.CharField(
                        choices=[
                            ("none", "no time-stamp"),
                            ("pending", "time-stamp pending"),
                            ("ok", "time-stamped"),
                        ],
                        default="none",
                        editable=False,
                        max_length=10,
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
                "verbose_name": "document",
                "verbose_name_plural": "documents",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "ready"), _negated=True),
                        fields=["next_try_at"],
                        name="document_unfinished",
                    ),
                    models.Index(fields=["shop", "target_id"], name="document_by_target"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "ready"), _negated=True),
                            models.Q(
                                models.Q(("sha256", ""), _negated=True),
                                models.Q(("file", ""), _negated=True),
                                ("ready_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="document_ready_has_its_pdf",
                    )
                ],
            },
        ),
        # After all tables: altering one drops its wall on SQLite.
        ForbidChanges("Document", frozen_when="OLD.status = 'ready'"),
    ]
