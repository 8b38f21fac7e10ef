"""Bytes on disk and what they hold: whole files, growing lines, arrays, masks, JSON."""
