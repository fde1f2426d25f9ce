"""Suites below `cases` are read by the tests, good or bad; pytest itself is not to collect them."""

collect_ignore_glob = ["cases/*"]
