"""The workspace: Lance tables, blobs, database, leases, erasure."""
