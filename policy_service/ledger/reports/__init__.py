"""Reports: what the recorded decisions say about products, people, money and time. SQL counts, SciPy judges."""
