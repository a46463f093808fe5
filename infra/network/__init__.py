"""The VPC, its ways out and what is recorded of its traffic."""
