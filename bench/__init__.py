"""Measurements: ratios and counts, never a pass or fail by the clock. `make bench` runs them all."""
