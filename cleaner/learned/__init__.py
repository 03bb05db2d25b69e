"""The learned detector's parts: units, integer columns, hashed n-grams, trees, and the model's file."""
