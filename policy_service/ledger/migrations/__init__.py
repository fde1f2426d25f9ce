"""How the ledger's schema came to be what it is: Alembic migrations."""
