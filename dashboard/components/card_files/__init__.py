"""Two small buttons in the header of a card: its picture and its numbers as files."""
