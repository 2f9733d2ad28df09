"""Lambda entry points: they read the environment, make the adapters and delegate."""
