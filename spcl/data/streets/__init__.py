"""The embedded pair `streets`, drawn rather than photographed."""
