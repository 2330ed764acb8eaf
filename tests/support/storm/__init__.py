"""A stream of stories while the system is hurt, and the laws that must hold afterwards."""
