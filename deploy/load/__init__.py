"""A class of temporary students on this machine, who really log in and run a notebook."""
