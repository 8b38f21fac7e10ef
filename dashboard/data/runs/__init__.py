"""The runs of the folder side by side: a row each, and what a person noted about them."""
