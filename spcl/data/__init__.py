"""Pairs of domains: folders on disk, the embedded drawn pair, their audit and their batches."""
