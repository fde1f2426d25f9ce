"""What the service answers, as types: the form of its JSON, with what each field means.

As with `policy_service.ledger.shapes`, nothing imports these modules at run time until somebody asks for the OpenAPI
document.
"""
