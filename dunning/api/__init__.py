"""The calls about reminders."""
