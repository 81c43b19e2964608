import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessLink",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("estimate", "Answer an estimate"),
                            ("estimate_in_person", "Answer an estimate on the shop's tablet"),
                            ("inspection", "Acknowledge an inspection"),
                            (
                                "inspection_in_person",
                                "Acknowledge an inspection on the shop's tablet",
                            ),
                            ("invoice", "See an invoice and answer it"),
                            ("plan", "Sign a payment plan"),
                            ("plan_in_person", "Sign a payment plan on the shop's tablet"),
                            ("stop", "Choose how a stopped repair goes on"),
                            (
                                "stop_in_person",
                                "Choose how a stopped repair goes on, on the tablet",
                            ),
                            ("dispute", "Follow a dispute and answer offers"),
                            ("dispute_in_person", "Answer an offer on the shop's tablet"),
                            ("resolver", "Answer what the shop asks about a dispute"),
                            ("rework", "Follow a request to do work again"),
                        ],
                        max_length=30,
                        verbose_name="purpose",
                    ),
                ),
                ("target_id", models.UUIDField()),
                (
                    "recipient",
                    models.EmailField(blank=True, max_length=254, verbose_name="recipient"),
                ),
                ("recipient_name", models.CharField(max_length=200)),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("fr", "French"), ("ru", "Russian")],
                        max_length=2,
                    ),
                ),
                ("repair_order_id", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("displayed_at", models.DateTimeField(editable=False, null=True)),
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
                "verbose_name": "access link",
                "verbose_name_plural": "access links",
                "indexes": [models.Index(fields=["shop", "target_id"], name="link_by_target")],
            },
        ),
    ]
