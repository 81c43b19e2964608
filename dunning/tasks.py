"""The clockwork of reminders: one service call each, safe to run twice, at once and late."""
