"""The HTTP service: a thin Flask app around `policy_service.service`, one blueprint per resource."""
