"""The form that every section keeps: its parts, their minutes, and the rules for them."""
