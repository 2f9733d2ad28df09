"""The local world: AWS and Slack on this machine, around the real Lambda handlers."""
