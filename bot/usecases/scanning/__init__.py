"""Scanning: read a query's findings, in partitions if there are many, into the rows of a report."""
