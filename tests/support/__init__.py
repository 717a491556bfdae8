"""What tests share: the running system, a client for it."""
