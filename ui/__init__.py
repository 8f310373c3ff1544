"""The page and the command line."""
