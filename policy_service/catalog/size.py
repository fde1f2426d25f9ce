"""Whether the rules engine can hold a document."""

from __future__ import annotations

from collections.abc import Iterator

from policy_service.engine.compile import compile_clauses
from policy_service.engine.errors import PolicyTooLarge
from policy_service.language.diagnostics import Diagnostic, Position
from policy_service.language.document import Document


def beyond_engine(document: Document) -> Iterator[Diagnostic]:
    """The clause at which the document grows beyond what the engine can hold, if it does."""
    try:
        compile_clauses(document.clauses, document.vocabulary, f"{document.name} {document.version}")
    except PolicyTooLarge as error:
        clause = next(clause for clause in document.clauses if clause.id == error.clause)
        message = f"with clause `{clause.id}` this document is too large: {error.message}"
        place = Position(clause.line, 1, clause.line, 1)
        yield Diagnostic.of("PS220-too-many-rules", message, error.hint, clause.file, place)
