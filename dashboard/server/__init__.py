"""The process that serves the pages, the recorded files, and the analyses beside them."""
