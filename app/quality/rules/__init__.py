"""One rule type a module; a module more is a rule type more."""
