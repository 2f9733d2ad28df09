"""The actions of people in the client of Slack, and the requests that the app gets for them."""
