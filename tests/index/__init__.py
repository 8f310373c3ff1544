"""Tests of articles and of finding passages in them."""
