"""tests/config"""
