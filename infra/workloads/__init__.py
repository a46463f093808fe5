"""What runs: one service model, several renderings."""
