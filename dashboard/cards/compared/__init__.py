"""The cards of the Compare page: scores, and which class of one run became which of another."""
