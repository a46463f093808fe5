"""Runs this repository's Pulumi program where the Pulumi CLI is not to be had (see README.md)."""

VERSION = "v3.259.0+gacp"
