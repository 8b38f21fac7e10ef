"""Processes: several that train one model, others that help, and the signals that stop them."""
