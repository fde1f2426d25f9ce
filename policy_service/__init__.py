"""A returns-policy engine: merchants declare how returns work, services ask for decisions."""

__version__ = "0.1.0"
