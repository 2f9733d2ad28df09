"""Where the contract tests are."""

ACCOUNT = "123456789012"
"""moto's own."""
REGION = "ap-northeast-1"
BUCKET = "reports"
