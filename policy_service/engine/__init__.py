"""Clauses compiled to integers and rules, fired by durable_rules, remembered per cell.

Nothing outside this package knows which rules engine is behind it.
"""
