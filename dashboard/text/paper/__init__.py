"""Words around pictures for slides and papers: captions, provenance, tables, LaTeX."""
