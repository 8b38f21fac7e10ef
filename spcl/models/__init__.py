"""Segmentation models: a backbone with features at stride 8, and a linear classifier."""
