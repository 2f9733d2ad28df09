"""What the bot talks about: findings, controls, queries, jobs, reports. Knows neither AWS nor Slack."""
