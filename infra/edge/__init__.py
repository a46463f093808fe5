"""What the edge does: one model, several renderings; DNS and certificate."""
