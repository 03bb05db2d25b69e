"""Markdown: what of a line is shown, what of it is marks, and which lines are none of a cleaner's business."""
