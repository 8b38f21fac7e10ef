"""Figures from tidy frames; nothing here calls Streamlit."""
