"""Suppressions that end: reopen the expired ones daily, and warn of those that are about to expire."""
