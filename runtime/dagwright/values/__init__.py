"""Values: strict typing, the wire form, blobs."""
