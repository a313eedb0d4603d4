"""A small world from real figures, signed step by step, appended over HTTP and checked."""
