"""The use cases of the bot. They know AWS and Slack only through ports."""
