import uuid

import django.db.models.deletion
from django.db import migrations, models

from shopdisputes.immutability import ForbidChanges


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("links", "0001_initial"),
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="EmailCode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("verified_at", models.DateTimeField(null=True)),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codes",
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
                "verbose_name": "code by e-mail",
                "verbose_name_plural": "codes by e-mail",
            },
        ),
        migrations.CreateModel(
            name="LegalText",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("electronic_records", "Consent to electronic documents"),
                            ("authorization", "Sentence of authorization"),
                            ("authorize_nothing", "Sentence when nothing is authorized"),
                            ("paper_authorization", "Sentence on a print for signature"),
                            ("estimate_terms", "Terms on the estimate"),
                            ("inspection_agree", "Sentence of agreement to an inspection"),
                            (
                                "inspection_remarks",
                                "Sentence of agreement to an inspection with remarks",
                            ),
                            ("inspection_disagree", "Sentence of disagreement with an inspection"),
                            ("invoice_received", "Sentence of receipt of an invoice"),
                            ("payment_plan", "Sentence of agreement to a payment plan"),
                            ("stop_choice", "Sentence of choice after a stopped repair"),
                            ("hand_over", "Sentence when a vehicle is collected"),
                            ("settlement", "Sentence of agreement to a settlement"),
                        ],
                        max_length=30,
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
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                ("body", models.TextField(max_length=4000, verbose_name="wording")),
                ("sha256", models.CharField(editable=False, max_length=64, verbose_name="SHA-256")),
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
                "verbose_name": "text",
                "verbose_name_plural": "texts",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "code", "language", "version"),
                        name="legal_text_version_unique",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("act", models.CharField(max_length=40, verbose_name="act")),
                ("target_id", models.UUIDField()),
                ("repair_order_id", models.UUIDField(null=True)),
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
                (
                    "method",
                    models.CharField(
                        choices=[("typed", "typed"), ("drawn", "drawn"), ("paper", "on paper")],
                        max_length=10,
                        verbose_name="method",
                    ),
                ),
                ("signer_name", models.CharField(max_length=200, verbose_name="signer")),
                (
                    "signer_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="e-mail used"),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("fr", "French"), ("ru", "Russian")],
                        max_length=2,
                    ),
                ),
                ("sentence", models.TextField(verbose_name="sentence accepted")),
                ("sentence_sha256", models.CharField(max_length=64)),
                ("subject_sha256", models.CharField(max_length=64)),
                ("shown_pdf_sha256", models.CharField(blank=True, max_length=64)),
                ("image", models.BinaryField(null=True)),
                ("image_sha256", models.CharField(blank=True, max_length=64)),
                ("strokes", models.JSONField(editable=False, null=True)),
                ("signed_at", models.DateTimeField(verbose_name="signed at")),
                ("signer_timezone", models.CharField(blank=True, max_length=60)),
                (
                    "ip_address",
                    models.CharField(blank=True, max_length=45, verbose_name="IP address"),
                ),
                (
                    "user_agent",
                    models.CharField(blank=True, max_length=400, verbose_name="browser"),
                ),
                (
                    "witness",
                    models.CharField(blank=True, max_length=200, verbose_name="in the presence of"),
                ),
                (
                    "code",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="signing.emailcode",
                    ),
                ),
                (
                    "consent_text",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="signing.legaltext",
                    ),
                ),
                (
                    "link",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
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
                (
                    "text",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="signing.legaltext",
                    ),
                ),
            ],
            options={
                "verbose_name": "signature",
                "verbose_name_plural": "signatures",
                "indexes": [models.Index(fields=["shop", "target_id"], name="signature_by_target")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("method", "drawn"), _negated=True),
                            models.Q(("image_sha256", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="signature_drawn_has_its_image",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("evidence_level", "L3"), _negated=True),
                            ("code__isnull", False),
                            _connector="OR",
                        ),
                        name="signature_l3_has_its_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("evidence_level", "L2"), _negated=True),
                            ("method", "drawn"),
                            _connector="OR",
                        ),
                        name="signature_l2_is_drawn",
                    ),
                ],
            },
        ),
        # After all tables: altering one drops its wall on SQLite.
        ForbidChanges("LegalText"),
        ForbidChanges("Signature"),
    ]
