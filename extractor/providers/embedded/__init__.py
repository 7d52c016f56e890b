"""The model that runs inside the process: its weights, its server, its provider."""
