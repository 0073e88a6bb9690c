"""Models, versions, ids, leases and hot replacement."""
