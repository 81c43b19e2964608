"""Inspections: what was seen on the car, and what the customer says to it."""
