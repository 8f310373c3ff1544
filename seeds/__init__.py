"""The article that comes with Article Chat, as package data."""
