"""What stands around the handlers obeys the rules of API Gateway, Lambda and the Scheduler."""
