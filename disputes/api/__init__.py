"""The calls about disputes."""
