"""Rules, what they found, the gate before publication, schedules, incidents, contracts."""
