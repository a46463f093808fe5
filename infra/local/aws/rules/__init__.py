"""Rules on the inputs of one resource; each says which AWS rule it stands for."""
