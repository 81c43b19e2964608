"""Estimates, their revisions, the customers' answers."""

from estimates.models.answers import Authorization, LineAnswer, PaperCopy
from estimates.models.jobs import JobTemplate, JobTemplateLine
from estimates.models.proposals import (
    Estimate,
    EstimateLine,
    EstimateQuerySet,
    EstimateRevision,
)

__all__ = [
    "Authorization",
    "Estimate",
    "EstimateLine",
    "EstimateQuerySet",
    "EstimateRevision",
    "JobTemplate",
    "JobTemplateLine",
    "LineAnswer",
    "PaperCopy",
]
