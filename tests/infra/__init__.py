"""Promises of the deployment, read from the synthesized templates."""
