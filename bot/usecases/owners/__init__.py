"""Owners of resources: their contacts in Slack, and the messages to them."""
