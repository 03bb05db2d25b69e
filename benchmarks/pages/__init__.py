"""Training and scoring what tells a page's article from the rest of it."""
