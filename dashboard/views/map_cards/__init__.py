"""Parts of the map page: what stands above the map, and the cards beside it."""
