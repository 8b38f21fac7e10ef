"""The suite; its folders mirror the rooms of `spcl` and `dashboard`."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The root of the checkout."""
