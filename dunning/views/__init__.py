"""The staff's pages about reminders."""
