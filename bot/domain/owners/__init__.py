"""Owners of resources: from tags, the routing file and accounts, and their contacts in Slack."""
