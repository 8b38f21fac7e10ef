"""The pages of one class and of a pair of classes, and their cards on other pages."""
