"""What stands around the handlers in AWS: API Gateway, Lambda's invocations, EventBridge Scheduler."""
