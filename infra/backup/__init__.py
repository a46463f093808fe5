"""Recovery points of what holds data, their copies, and the proof that they restore."""
