"""Lets MXNet be found by mxnet_compat, which makes it run on newer Pythons and NumPys.

`d2lutil-mxnet.pth` imports this module whenever Python starts, and so does d2lutil. Until somebody
imports MXNet nothing else is loaded or changed.
"""

import sys


class MXNetFinder:
    """The finder of MXNet's modules, before Python's own."""

    @staticmethod
    def find_spec(name, path=None, target=None):  # type: ignore[no-untyped-def]
        """Return the spec of a module of MXNet, None for every other."""
        if name.partition(".")[0] != "mxnet":
            return None
        from d2lutil import mxnet_compat

        return mxnet_compat.find_spec(name, path, target)


sys.meta_path.insert(0, MXNetFinder)
