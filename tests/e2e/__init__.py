"""The page in a real Chromium against the whole running system."""
