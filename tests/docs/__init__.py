"""The documents say what the code does, and no more."""
