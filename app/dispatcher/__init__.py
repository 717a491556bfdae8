"""The dispatcher process: relays the ledger to the broker, announces events, heals what crashes left behind."""
