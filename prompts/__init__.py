"""Prompts that ship, one a schema, as Jinja2 templates."""
