"""What `gacp loadtest` adds to the load tests: users with tokens, and the platform's memory."""
