"""sechub-bot: AWS Security Hub findings in Slack."""
