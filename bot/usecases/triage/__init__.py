"""Triage: plan an action on findings of a report, carry it out, report its result, and undo it."""
