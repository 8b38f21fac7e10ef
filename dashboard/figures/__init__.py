"""Pictures for slides and papers: charts, maps, masks, tables and their captions, from one run."""
