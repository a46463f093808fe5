"""What a stack may not be: 60 controls as pure functions over a graph, whoever recorded it."""
