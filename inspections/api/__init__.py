"""The calls about inspections."""
