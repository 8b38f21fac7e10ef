"""Semantic prototype-based contrastive learning, made visible; importing this loads nothing."""
