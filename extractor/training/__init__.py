"""Labelled papers of any schema -> an adapter for the model inside the process, tried and described."""
