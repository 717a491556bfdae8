"""Measurements of the running system: `python -m benchmarks [NAME ...]`. Each prints medians and ratios and asserts no timing."""
