"""The use case of checks before deployment."""
