"""Things to try: small programs that use the ledger as anybody can."""
