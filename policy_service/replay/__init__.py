"""Deciding recorded requests again, and saying what changed."""
