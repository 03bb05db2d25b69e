"""From a web page to the text that is cleaned."""
