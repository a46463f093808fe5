"""The set-up of the repository. Standard library only: it runs before anything is installed."""
