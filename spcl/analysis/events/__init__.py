"""Alarms: the rules, and the judge that applies them to each snapshot."""
