"""What is deployed: the template as CloudFormation sees it, the package, the Slack app's manifest."""
