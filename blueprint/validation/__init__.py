"""Problems that no single field shows: placement, capacity, refused changes."""
