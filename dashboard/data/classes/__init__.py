"""What pages read of one class, and of the pixels that go from one class to another."""
