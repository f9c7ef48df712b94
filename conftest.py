"""Settings that tests and the notebooks' kernels share, wherever pytest is started."""

import os

# Stored outputs are those of a machine without a GPU.
os.environ["D2L_DEVICE"] = "cpu"
# Without compiled modules every kernel starts two to three times slower.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
