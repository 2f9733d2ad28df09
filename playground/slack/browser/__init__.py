"""The HTTP interface of the page in the browser: the state that it shows, and the actions that it sends."""
