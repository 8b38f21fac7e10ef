"""The measures as pure functions of arrays: margins, scatter, neighbors, domains, masks."""
