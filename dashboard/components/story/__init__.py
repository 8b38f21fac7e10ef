"""The story: five panels drawn from one JSON value, on the page and in an exported file."""
