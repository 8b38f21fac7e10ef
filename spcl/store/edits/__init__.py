"""What a person says of a run, kept in its own `derived/`: the story's words, tags, a note.

Never in the user's cache folder: edits travel with the run.
"""
