"""What is done about reminders, one module per concern."""
