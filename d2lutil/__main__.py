"""``python -m d2lutil``: the doctor."""

import sys

from d2lutil.doctor import main

sys.exit(main())
