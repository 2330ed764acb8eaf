"""What the scripts of HEAD use: programs and Python modules, each with script and line."""

import ast
import io
import pathlib
import re
import subprocess
import sys
import tarfile

# What scripts name and install.sh need not install, and why. A program fails as needless when no script
# has the word or the bare machine has the program; a module, when nothing imports it.
PROGRAM_EXCEPTIONS = {
    "chromedriver": "group browser of install.sh, for make browser alone: a large package",
    "chromium": "comes with chromedriver",
    "editor": "a role in the demo",
    "look": "a word in the demo's output",
    "policy-rc.d": "install.sh writes it itself",
    "sudo": "only for users other than root",
    "systemctl": "only where systemd starts services",
}
MODULE_EXCEPTIONS = {"feedvalidator": "a checkout that is an argument of tests/e2e/check_feeds"}

PYTHON = re.compile(r"#!.*\bpython")
SHELL = re.compile(r"#!.*\b(ba|da)?sh\b")
WORD = re.compile(r"[\w.+-]+")
COMMENT = re.compile(r"(^|\s)#(?!!).*")


def files_of_head(checkout):
    """{path: text}"""
    archive = subprocess.check_output(["git", "-c", "safe.directory=*", "archive", "HEAD"], cwd=checkout)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {member.name: tar.extractfile(member).read().decode(errors="replace")
                for member in tar if member.isfile()}


def is_python(path, text):
    return path.endswith(".py") or PYTHON.match(text)


def python_words(text):
    """Constants of one word that head a list or are the first argument of a call. A tuple is no command: the
    scripts write commands as lists, and other sequences of words as tuples."""
    for node in ast.walk(ast.parse(text)):
        heads = node.elts if isinstance(node, ast.List) else \
            node.args if isinstance(node, ast.Call) else []
        if heads and isinstance(heads[0], ast.Constant) and WORD.fullmatch(str(heads[0].value)):
            yield str(heads[0].value), heads[0].lineno


def shell_words(text):
    for number, line in enumerate(text.splitlines(), 1):
        for word in WORD.findall(COMMENT.sub("", line)):
            yield word, number


def words(files):
    """{word that may be a program: [script:line]}"""
    places = {}
    for path, text in files.items():
        if path.endswith((".sh", ".mk", "Makefile")) or SHELL.match(text):
            found = [*shell_words(text)]
        else:
            found = [*shell_words(text.partition("\n")[0])] if text.startswith("#!") else []
            found += python_words(text) if is_python(path, text) else []
        for word, number in found:
            places.setdefault(word, []).append(f"{path}:{number}")
    return places


def foreign_imports(files):
    """{module that is neither in the standard library nor in the checkout: [script:line]}"""
    paths = [pathlib.PurePath(path) for path in files if path.endswith(".py")]
    known = sys.stdlib_module_names | {path.stem for path in paths} | \
        {path.parent.name for path in paths if path.name == "__init__.py"}
    places = {}
    for path, text in files.items():
        for node in ast.walk(ast.parse(text)) if is_python(path, text) else ():
            names = [node.module] if isinstance(node, ast.ImportFrom) and node.level == 0 else \
                [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in {name.partition(".")[0] for name in names} - known:
                places.setdefault(name, []).append(f"{path}:{node.lineno}")
    return places


def faults(places, missing, exceptions):
    return [f"{', '.join(places[name])}: install.sh does not install {name}"
            for name in missing if name not in exceptions] + \
        [f"tests/bare/needs.py: {name} needs no exception" for name in exceptions if name not in missing]
