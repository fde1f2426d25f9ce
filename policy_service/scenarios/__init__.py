"""Time-frozen scenarios: suites read, expanded, run, and asked what they do not prove."""
