"""Who may do what on AWS."""
