"""The decision core: a request and the documents that govern it in, a decision and its receipt out.

Nothing here reads a clock, a file, a network or a global: `now` and the documents are arguments.
"""
