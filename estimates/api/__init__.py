"""Estimates over the API."""
