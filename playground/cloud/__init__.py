"""The AWS services around the handlers: API Gateway, Lambda's invocations, EventBridge Scheduler."""
