"""The check before deployment."""
