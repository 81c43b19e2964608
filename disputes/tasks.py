"""The clockwork of disputes: one service call each, safe to run twice, at once and late."""
