"""Quality on the running system: rules, runs, the gate, and what follows from them."""
