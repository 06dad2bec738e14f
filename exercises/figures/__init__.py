"""Draws the exercise figures: a pose in numbers becomes an SVG. Build-time only; the app serves the committed files.

Pure and outside the web application: `python -m exercises.figures` (README.md beside this file says how).
"""
