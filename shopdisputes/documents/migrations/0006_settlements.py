from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0005_letters_of_reminders"),
    ]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="kind",
            field=models.CharField(
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
    ]
