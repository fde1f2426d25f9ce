"""What the ledger tells, as types: the form of its JSON, with what each field means.

Functions that make an answer name its type for the type checker alone. Nothing imports these modules at run time until
somebody asks for the OpenAPI document, so a worker that is never asked does not keep them.
"""
