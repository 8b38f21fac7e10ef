"""The run on disk: the only thing training, analysis and dashboard share (docs/run-store.md)."""
