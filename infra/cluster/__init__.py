"""Compute profile `cluster`: EKS, its nodes, and who its pods are on AWS."""
