"""The scanner finds what scripts need, and takes nothing else for a need."""

import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True

import needs  # noqa: E402
import python_needs  # noqa: E402
import shell_needs  # noqa: E402
import shell_reader  # noqa: E402


def shell(text):
    return [name for name, _ in shell_needs.in_script(text).programs]


def python(text):
    return [name for name, _ in python_needs.File("a.py", text).programs]


class ShellCommands(unittest.TestCase):
    def test_where_commands_begin(self):
        cases = {
            "aa x; bb | cc & dd && ee || ff |& gg\nhh": "aa bb cc dd ee ff gg hh",
            "if aa; then bb; elif ! cc; then dd; else ee; fi": "aa bb cc dd ee",
            "while aa; do bb; done <x; until cc; do dd; done": "aa bb cc dd",
            "for x in aa bb; do cc; done; for ((i=0; i<3; i++)); do dd; done": "cc dd",
            "( aa; bb ); { cc; dd; } >x 2>&1": "aa bb cc dd",
            "case $x in a|b) aa ;; 'c d') bb; cc ;;& *) dd ;; esac; ee": "aa bb cc dd ee",
            "case x in\n # why\n (a) aa ;;\n b)\n bb\n esac\ncc": "aa bb cc",
            "X=1 Y=$(aa) bb": "aa bb",
            "x=(aa bb $(cc)) dd": "cc dd",
            "declare -A x=([a]=b [c]=d); aa": "aa",
            "aa \\\n  bb # cc; dd\nee": "aa ee",
            "[[ $x =~ ^[[:alnum:]@%+=:,./_-]+$ && (a == b) ]] && aa": "aa",
            "(( x > 3 && (y < 2) )) && aa; echo $(( $(bb) % 2 ))": "aa bb",
            "aa 2>/dev/null 3<x <<<bb &>cc": "aa",
            "diff <(aa) <(bb) >(cc)": "aa bb cc diff",
            "coproc aa; time bb; ! cc": "aa bb cc",
        }
        for text, wanted in cases.items():
            self.assertEqual(" ".join(sorted(shell(text))), wanted, text)

    def test_commands_within_words(self):
        for text in ('echo "a $(aa "$(bb)") b" `cc`', 'x="${y:-$(aa)}$(bb `cc`)"',
                     "echo $(case x in a) aa ;; esac; bb; cc)"):
            self.assertEqual(sorted(shell(text)), ["aa", "bb", "cc"], text)
        self.assertEqual(shell("echo '$(aa)' \"\\$(bb)\" $'\\'$(cc)'"), [])

    def test_heredocs_are_text(self):
        self.assertEqual(shell("cat <<END\nit's $(aa) \"bb\n cc\nEND\ndd"), ["cat", "aa", "dd"])
        self.assertEqual(shell("cat <<'END' | ee\n$(aa)\nEND\ndd"), ["cat", "ee", "dd"])
        self.assertEqual(shell("cat <<-END\n\taa\n\tEND\nbb"), ["cat", "bb"])

    def test_functions_and_builtins_are_no_programs(self):
        self.assertEqual(shell("f() { local x; aa; }\nfunction g { bb; }\nf; g; cd x; printf y"),
                         ["aa", "bb"])

    def test_commands_behind_commands(self):
        for text in ("sudo -u me aa", "env -i X=1 aa", "exec aa", "nice -n 5 aa", "x | xargs -r -n 1 aa",
                     "timeout -k 3 --signal=TERM 5 aa", "nohup setsid aa", "command aa",
                     '"${as_root[@]}" aa', '"${as_root[@]}" env X=1 aa', "bash -c 'aa; x'",
                     "trap 'aa' EXIT", "find . -exec aa {} +", "run() { show; \"$@\"; }; run aa",
                     "f() { sudo env X=1 \"$@\"; }; g() { f \"$@\"; }; g aa"):
            self.assertIn("aa", shell(text), text)

    def test_probes_are_needs(self):
        self.assertEqual(shell("command -v aa >/dev/null || type -P bb"), ["aa", "bb"])

    def test_lines(self):
        text = "aa\n\nbb \\\n  x\n$(\n cc)\ncat <<X\n$(dd)\nX\nee"
        self.assertEqual(shell_needs.in_script(text).programs,
                         [("aa", 1), ("bb", 3), ("cc", 6), ("cat", 7), ("dd", 8), ("ee", 10)])

    def test_python_within(self):
        self.assertEqual(shell_needs.in_script("x\npython3 -c 'import aa'").python, [("import aa", 2)])

    def test_what_cannot_be_read_is_no_silence(self):
        for text in ("aa 'b", 'aa "b', "aa $(b", "case x in a) b", "cat <<X\n", "aa )", "f() {"):
            with self.assertRaises(shell_reader.Unreadable, msg=text):
                shell(text)


class Makefiles(unittest.TestCase):
    def test_recipes(self):
        text = ("SHELL := /bin/bash\nSTACK := deploy/stack\nLIST = aa $(STACK)\n.PHONY: x\n"
                "x: y ## it\n\t@$(STACK) up\n\t-@$(LIST) | bb\n"
                "z:\n\t@v=$$(cc 's/(/\\1/p') && \\\n\tdd $$v\n\t@$(MAKE) x\n")
        found = [(target, shell_needs.in_script(code, line).programs)
                 for target, line, code in shell_needs.recipes(text)]
        self.assertEqual(found, [
            ("", [("/bin/bash", 1)]), ("x", [("deploy/stack", 6)]), ("x", [("aa", 7), ("bb", 7)]),
            ("z", [("cc", 9), ("dd", 10)]), ("z", [])])


class PythonCalls(unittest.TestCase):
    def test_literal_programs(self):
        for text in ("subprocess.run(['aa', x])", "subprocess.Popen(('aa', *x))", "subprocess.call('aa')",
                     "subprocess.check_output(['aa'] + x)", "shutil.which('aa', path=x)",
                     "os.execvp('aa', x)", "subprocess.run('x=1; aa | cat', shell=True)",
                     "os.system('aa x')", "A = ['aa', 'x']\nsubprocess.run([*A, y])",
                     "def f():\n  c = ['aa', x]\n  subprocess.run([str(w) for w in c])",
                     "P = 'aa'\nsubprocess.run([P])",
                     "for p in ('aa', 'bb'):\n  shutil.which(p)",
                     "def step(*words, **more):\n  subprocess.run(words, **more)\nstep('aa', 'x')",
                     "def step(name, *words):\n  subprocess.run([*words])\nstep('x', 'aa')",
                     "class P:\n  def __init__(self, c):\n    subprocess.Popen([str(w) for w in c])\n"
                     "P(['aa', x])",
                     "class P:\n  def run(self, c):\n    subprocess.run(c)\nP().run(['aa', x])"):
            self.assertIn("aa", python(text), text)

    def test_what_is_no_literal(self):
        self.assertEqual(python("subprocess.run([sys.executable, 'aa'])\nsubprocess.run([str(P), 'aa'])\n"
                                "f('aa')\nx = ['aa']"), [])

    def test_imports(self):
        file = python_needs.File("a.py", "import a.b, c\ndef f():\n  from d import e\nfrom . import g, h\n"
                                         "from ..i import j")
        self.assertEqual(file.imports, [("a.b", 0, 1), ("c", 0, 1), ("g", 1, 4), ("h", 1, 4), ("i", 2, 5),
                                        ("d", 0, 3)])

    def test_path_additions(self):
        text = ("HERE = pathlib.Path(__file__).resolve().parent\nROOT = HERE.parents[1]\n"
                "sys.path.insert(0, str(HERE))\nsys.path[:0] = [str(ROOT / 'a'), str(ROOT / 'b')]\n"
                "def f(x):\n  sys.path.append(str(x / 'c'))\n")
        file = python_needs.File("/r/s/t/run", text)
        self.assertEqual({str(one) for one in file.path_additions}, {"/r/s/t", "/r/a", "/r/b"})


class Checkout(unittest.TestCase):
    """A small one, of which parts are missing."""

    FILES = {
        "Makefile": "bench:\n\t@deploy/local/install.sh bench\n\t@tests/bench/run\n"
                    "fmt:\n\t@deploy/local/install.sh lint\n\t@formatter-of-lint\n",
        "deploy/local/install.sh": "#!/bin/bash\n# deploy/local/install.sh lint\ntrue-program\n",
        "tests/bench/run": "#!/usr/bin/env python3\nimport sys\nsys.path.insert(0, 'lib')\nimport world\n"
                           "import os.path, html.parser, no_such_module, jars\n",
        "tests/bench/world.py": "import subprocess\nimport in_lib\nfrom pack import one\n"
                                "subprocess.run(['tool-of-bench'])\n"
                                "raise E('missing: deploy/local/install.sh bare')\n",
        "tests/bench/cases.py": "import of_two, in_lib\n",  # after `world` was imported
        "tests/bench/pack/__init__.py": "from . import one, two\n",
        "tests/bench/pack/one.py": "from . import gone\nimport http.client\nimport two\n",
        "tests/bench/pack/two.py": "import sys\nsys.path.append('second')\n",
        "tests/bench/pack/http.py": "",
        "lint": "#!/usr/bin/env python3\nimport subprocess\ndef step(*c):\n  subprocess.run(c)\n"
                "step('deploy/local/install.sh', 'build', 'lint')\nstep('tests/gone', 'x')\n"
                "step('build/x/made')\nstep('telex-feeds')\n",
    }

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve()
        for name, text in self.FILES.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            for folder in ("lib", "second"):
                text = text.replace(f"'{folder}'", repr(str(self.root / folder)))
            path.write_text(text)
            path.chmod(0o755)
        for folder, module in (("lib", "in_lib.py"), ("second", "of_two.py")):
            (self.root / folder).mkdir()
            (self.root / folder / module).touch()
        (self.root / "lib" / "jars").mkdir()  # any folder is a namespace to Python
        self.needs, self.scripts = needs.scan(self.root, list(self.FILES))

    def groups_of(self, name):
        return {(need.script, need.groups) for need in self.needs if need.name == name}

    def test_groups(self):
        self.assertEqual(self.groups_of("tool-of-bench"), {("tests/bench/world.py", ("bench",))})
        self.assertEqual(self.groups_of("formatter-of-lint"), {("Makefile", ("lint",))})
        self.assertEqual(self.groups_of("tests/gone"), {("lint", ("lint",))})
        self.assertEqual(self.groups_of("true-program"), {("deploy/local/install.sh", ())})

    def test_what_is_built_is_no_need(self):
        self.assertEqual(self.groups_of("build/x/made") | self.groups_of("telex-feeds"), set())

    def test_missing_modules_are_found_and_no_others(self):
        absent = [str(need) for need in self.needs if need.kind == "module" and not
                  needs.has_module(need.name, need.level, self.root, need.script, self.scripts)]
        self.assertEqual(absent, [
            "tests/bench/pack/one.py:1: needs the module gone",
            "tests/bench/pack/one.py:3: needs the module two",
            "tests/bench/run:5: needs the module jars",
            "tests/bench/run:5: needs the module no_such_module"])

    def test_missing_programs_are_found_and_no_others(self):
        path = [str(self.root / "tools")]
        (self.root / "tools").mkdir()
        for name, mode in (("tool-of-bench", 0o755), ("true-program", 0o644)):
            (self.root / "tools" / name).touch(mode)
        absent = {need.name for need in self.needs if need.kind == "program" and not
                  needs.has_program(need.name, self.root, path)}
        self.assertEqual(absent, {"python3", "formatter-of-lint", "true-program", "tests/gone"})


if __name__ == "__main__":
    unittest.main()
