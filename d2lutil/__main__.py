"""``python -m d2lutil``: the doctor; ``python -m d2lutil progress``: what is solved."""

import sys

# In syntax that older Pythons read, unlike the doctor's own.
if sys.version_info < (3, 8):  # noqa: UP036
    version = "{}.{}.{}".format(*sys.version_info)
    sys.exit(
        f"✗ Python {version} ({sys.executable}): khóa học cần Python 3.11 trở lên. Cách sửa: cài "
        "Python mới hơn (Debian 12, Ubuntu 24.04, Fedora và Homebrew có sẵn) hoặc uv, rồi gõ "
        "`make lab`; nếu đã có .venv thì gọi bác sĩ bằng .venv/bin/python"
    )

if sys.argv[1:2] == ["progress"]:
    from d2lutil import progress

    sys.exit(progress.main(sys.argv[2:]))

from d2lutil import doctor

sys.exit(doctor.main())
