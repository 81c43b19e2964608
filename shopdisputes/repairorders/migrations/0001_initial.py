import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_initial"),
        ("shops", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="RepairOrder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=20, verbose_name="number")),
                (
                    "concern",
                    models.TextField(max_length=4000, verbose_name="what the customer told us"),
                ),
                (
                    "odometer",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(9999999)],
                        verbose_name="odometer",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("closed", "Closed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="open",
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                ("profile", models.JSONField(editable=False)),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="repair_orders",
                        to="customers.customer",
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
                    "vehicle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="repair_orders",
                        to="customers.vehicle",
                    ),
                ),
            ],
            options={
                "verbose_name": "repair order",
                "verbose_name_plural": "repair orders",
                "indexes": [
                    models.Index(fields=["shop", "-opened_at", "id"], name="repair_order_newest")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("shop", "number"), name="repair_order_number_unique"
                    )
                ],
            },
        ),
    ]
