"""Driving a live Telex as its users do."""
