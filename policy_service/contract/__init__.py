"""What goes over the wire: requests, inspections, decisions, problems, money and reason codes."""
