"""Accidents on purpose, in bounded time: each prints counts and exits 1 where something is lost."""
