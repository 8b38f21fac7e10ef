"""Loss and mIoU curves that keep their zoom while rows arrive."""
