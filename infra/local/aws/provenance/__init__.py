"""What the provider for AWS says of each type, read from a checkout of its source (not at run
time).
"""
