"""Image pairs: folders on disk, the embedded drawn pair, their audit, and batches made of them."""
