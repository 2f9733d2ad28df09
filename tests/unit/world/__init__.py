"""Worlds, builders and readers that the unit tests share."""
