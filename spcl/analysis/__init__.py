"""Derive numbers and maps from a recorded run: arrays in, arrays out; no torch, no streamlit."""
