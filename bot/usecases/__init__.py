"""What the bot does, in terms of its ports."""
