"""What the pictures of the story show, as the value that goes to the browser."""
