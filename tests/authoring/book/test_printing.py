from authoring.book.printing import renumbered


def test_nodes_have_the_same_numbers_wherever_chromium_begins():
    first, second = (
        b"(node%08d) (node%08d) (node%08d) [4]" % (n + 1, n, n + 7) for n in (3, 99999)
    )
    assert (
        renumbered(first)
        == renumbered(second)
        == b"(node00000002) (node00000001) (node00000003) [4]"
    )
