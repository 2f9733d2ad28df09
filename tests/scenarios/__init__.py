"""Scenarios: what is given, what people do, and what must be seen afterwards, as data."""
