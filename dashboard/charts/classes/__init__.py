"""Figures of one class: lines over the steps, the flow of its pixels, its images, its errors."""
