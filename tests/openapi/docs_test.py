"""The document as a page at `/docs`, looked at in Chromium."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "web"))
from support import Pages, main  # noqa: E402


class Docs(Pages):
    def test_the_document_can_be_read_and_tried(self):
        self.visit(os.path.join(HERE, "docs.test.mjs"))


if __name__ == "__main__":
    main()
