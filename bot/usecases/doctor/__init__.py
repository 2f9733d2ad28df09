"""Check a deployment: a table of checks, each of which gives one line."""
