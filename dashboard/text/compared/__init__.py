"""What the Compare page says: of scores, of settings, of pixels that change their class."""
