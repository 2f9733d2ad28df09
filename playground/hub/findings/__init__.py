"""The findings of the local hub: their fields, their store, and the conditions that select them."""
