"""Separability, domain gap, drift, masks and calibration, measured in full feature space."""
