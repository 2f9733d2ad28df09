"""Lambda entry points. They read the environment and delegate."""
