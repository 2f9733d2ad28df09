"""Check a deployment: a table of checks, each with one line of the answer."""
