#!/usr/bin/env python3
"""A missing program, a missing module and a needless exception are found."""

import sys
import unittest

sys.dont_write_bytecode = True
import needs  # noqa: E402

FILES = {
    "Makefile": "x: y # not-me\n\t@$(S) | aa.1 -r g++ # nor me\n",
    "a.sh": "#!/usr/bin/env perl5\nx=$(bb <<<\"$y\")\n",
    "tool": "#!/usr/bin/env python3\nimport os.path, own, package.part, gone.part\n"
            "from . import sibling\nrun(['cc', 'dd'])\nwhich('ee', 'ff')\nrun('two words')\nSTATES = ('gg', 'hh')\n",
    "lib/own.py": "from outside import thing\n",
    "lib/package/__init__.py": "",
    "text.md": "#! is no script\nzz\n",
}


class Needs(unittest.TestCase):
    def test_words_that_may_be_programs(self):
        places = needs.words(FILES)
        wanted = {"aa.1": "Makefile:2", "g++": "Makefile:2", "perl5": "a.sh:1", "bb": "a.sh:2",
                  "python3": "tool:1", "cc": "tool:4", "ee": "tool:5"}
        self.assertEqual({word: places.get(word) for word in wanted},
                         {word: [place] for word, place in wanted.items()})
        self.assertFalse({"not-me", "nor", "dd", "ff", "two words", "gg", "zz"} & places.keys())

    def test_foreign_imports(self):
        self.assertEqual(needs.foreign_imports(FILES), {"gone": ["tool:2"], "outside": ["lib/own.py:1"]})

    def test_missing_program_and_needless_exception(self):
        self.assertEqual(needs.faults({"aa": ["a.sh:1", "b:2"], "bb": ["b:3"]}, ["aa", "bb"],
                                      {"bb": "why", "cc": "why"}),
                         ["a.sh:1, b:2: install.sh does not install aa",
                          "tests/bare/needs.py: cc needs no exception"])


if __name__ == "__main__":
    unittest.main()
