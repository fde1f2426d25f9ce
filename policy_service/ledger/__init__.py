"""The append-only record of decisions and of what happens to a case afterwards, on SQLite or PostgreSQL."""
