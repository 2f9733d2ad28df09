"""The HTTP interface for the app: the Web API (a module for each family of methods), files, response URLs."""
