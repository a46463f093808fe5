"""What a stack may not be: controls as pure functions over a graph, whoever recorded it."""
