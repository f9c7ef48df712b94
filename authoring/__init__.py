"""The tools of those who write the course; README.md here is their map."""

# For those who teach: it answers what the others ask, so learners do not come upon it.
TEACHING = "teaching_vn.ipynb"
