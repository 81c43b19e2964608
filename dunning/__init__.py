"""Asking for money that is owed: ladders, reminders, letters, calls, fees."""
