"""The server: it serves the pages and the recorded files, and starts the analyses."""
