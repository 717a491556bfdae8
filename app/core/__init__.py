"""What every layer may use: settings, database, ledger, errors, viewer, security, metrics, logging."""
