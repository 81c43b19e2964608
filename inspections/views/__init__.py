"""The staff's pages about inspections and checklists."""
