"""The project and its shared kernel. It imports no app; the apps import it."""
