"""What a person says of a run, kept in its own `derived/`: story, tags, a note, named pixels.

Never in the user's cache folder: edits travel with the run.
"""
