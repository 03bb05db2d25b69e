"""Training of the learned line model: what it is trained on, and how."""
