"""The words in which people ask."""
