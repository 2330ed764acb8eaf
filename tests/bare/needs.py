"""What the scripts of a checkout need of a machine: programs and Python modules, each with the script
and line that needs it, and the groups of deploy/local/install.sh that are installed by then."""

import dataclasses
import importlib.machinery
import importlib.util
import pathlib
import re
import sys

import python_needs
import shell_needs

INSTALLER = "deploy/local/install.sh"
# Folders of what the project builds; and its programs, which are called by their names.
BUILT_FOLDERS = ("build/", "bin/")
BUILT_PROGRAM = re.compile(r"telexctl|telex-[\w-]+")


@dataclasses.dataclass(frozen=True, order=True)
class Need:
    script: str
    line: int
    kind: str  # program or module
    name: str
    groups: tuple = ()  # beside those of `make setup`
    level: int = 0  # of a relative import

    def __str__(self):
        return f"{self.script}:{self.line}: needs the {self.kind} {self.name}"


@dataclasses.dataclass
class Script:
    path: str
    text: str
    programs: list
    imports: list
    groups: tuple = ()
    python: python_needs.File = None
    folders: list = None  # folders_of_modules


def kind_of(path, text):
    """python, shell, make or None."""
    first = text.split("\n", 1)[0]
    if path.endswith(".py") or re.match(r"#!.*\bpython3?\b", first):
        return "python"
    if path.endswith(".sh") or re.match(r"#!.*\b(ba|da)?sh\b", first):
        return "shell"
    return "make" if pathlib.PurePath(path).name == "Makefile" or path.endswith(".mk") else None


def _interpreter(text):
    """What a script names in its first line."""
    words = text.split("\n", 1)[0][2:].split() if text.startswith("#!") else []
    return [(word, 1) for word in words[:2] if not word.startswith("-")]


def _groups(calls, path):
    """Of the words of calls of the installer; it is told of groups and of nothing else."""
    if path == INSTALLER:
        return ()
    return tuple(sorted({word for words in calls for word in words} - {"build"}))


def read_script(root, path, text):
    if kind_of(path, text) == "python":
        file = python_needs.File(root / path, text)
        return Script(path, text, _interpreter(text) + file.programs, file.imports,
                      _groups(file.calls_of(INSTALLER), path), file)
    found = shell_needs.in_script(text)
    imports = [one for source, line in found.python for one in _imports_of(source, line)]
    return Script(path, text, _interpreter(text) + found.programs, imports,
                  _groups(found.calls_of(INSTALLER), path))


def _imports_of(source, line):
    try:
        return python_needs.File("-", source, line).imports
    except SyntaxError:
        return []  # the shell puts it together


def read_makefile(path, text):
    """A Script for each target, and {folder: groups} of the scripts that they call."""
    targets = {}
    for target, line, shell in shell_needs.recipes(text):
        script, calls = targets.setdefault(target, (Script(path, text, [], []), []))
        found = shell_needs.in_script(shell, line)
        script.programs += found.programs
        script.imports += [one for source, at in found.python for one in _imports_of(source, at)]
        calls += found.calls_of(INSTALLER)
        script.groups = _groups(calls, path)
    folders = {}
    for script, _ in targets.values():
        for name, _ in script.programs:
            # tests/benchmark/run, and all that lies beside it, is for this target.
            folder = str(pathlib.PurePath(name).parent)
            if script.groups and folder not in (".", str(pathlib.PurePath(INSTALLER).parent)):
                folders[folder] = script.groups
    return [script for script, _ in targets.values()], folders


def scan(root, files):
    """The needs of the files (paths relative to the root), and the scripts by path."""
    scripts, folders = [], {}
    for path in files:
        try:
            text = (root / path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        kind = kind_of(path, text)
        if kind == "make":
            more, of_folders = read_makefile(path, text)
            scripts += more
            folders |= of_folders
        elif kind:
            scripts.append(read_script(root, path, text))
    needs = set()
    for script in scripts:
        groups = set(script.groups)
        for folder, more in folders.items():
            if script.path.startswith(folder + "/"):
                groups |= set(more)
        groups = tuple(sorted(groups))
        needs |= {Need(script.path, line, "program", name, groups) for name, line in script.programs
                  if not is_built(name)}
        needs |= {Need(script.path, line, "module", name, groups, level)
                  for name, level, line in script.imports}
    return sorted(needs), {script.path: script for script in scripts if script.python}


def is_built(name):
    return name.startswith(BUILT_FOLDERS) or BUILT_PROGRAM.fullmatch(pathlib.PurePath(name).name)


# -- is it there --------------------------------------------------------------------------------------
def has_program(name, root, path):
    """Whether a program is found: in `path` (folders), in the checkout, or where it says."""
    if name.startswith("/"):
        candidates = [pathlib.Path(name)]
    elif "/" in name:
        candidates = [root / name]
    else:
        candidates = [pathlib.Path(folder) / name for folder in path]
    return any(one.is_file() and one.stat().st_mode & 0o111 for one in candidates)


def folders_of_modules(root, script, scripts):
    """Where a file of the checkout looks for modules: in its own folder (unless it is a package's) and
    in that of each program in its folder or above, which imports it; and in what these, and the files
    of the checkout that they import, put into sys.path."""
    if scripts[script].folders is not None:
        return scripts[script].folders
    file = root / script
    waiting = [script] + [path for path, other in scripts.items()
                          if other.text.startswith("#!") and file.is_relative_to((root / path).parent)]
    folders = [(root / path).parent for path in waiting
               if not ((root / path).parent / "__init__.py").exists()]
    seen = set()
    while waiting:
        path = waiting.pop(0)
        if path in seen or path not in scripts:
            continue
        seen.add(path)
        folders += scripts[path].python.path_additions
        for name, level, _ in scripts[path].imports:
            inner = name.replace(".", "/")
            bases = [(root / path).parents[level - 1]] if level else folders
            waiting += [str((base / found).relative_to(root)) for base in bases
                        for found in (f"{inner}.py", f"{inner}/__init__.py")
                        if base.is_relative_to(root)]
    scripts[script].folders = list(dict.fromkeys(str(folder) for folder in folders))
    return scripts[script].folders


def has_module(name, level, root, script, scripts):
    if level:
        base = (root / script).parents[level - 1]
        target = base.joinpath(*name.split("."))
        # `from . import NAME`: a module, or a name of the package itself.
        return target.with_suffix(".py").exists() or target.is_dir() or \
            ("." not in name and re.search(rf"\b{re.escape(name)}\b", _text_of(base / "__init__.py")))
    own = folders_of_modules(root, script, scripts) if script in scripts else []
    elsewhere = [one for one in sys.path if one and not pathlib.Path(one).is_relative_to(root)]
    return _is_importable(name, own + elsewhere)


def _text_of(path):
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _is_importable(name, folders):
    """Nothing is executed for it, but packages that are no files, as os.path."""
    first, *inner = name.split(".")
    if first in sys.builtin_module_names and not inner:
        return True
    spec = importlib.machinery.PathFinder.find_spec(first, folders)
    at = first
    for part in inner:
        if spec is None or spec.submodule_search_locations is None:
            break
        at += "." + part
        spec = importlib.machinery.PathFinder.find_spec(at, spec.submodule_search_locations)
    if spec is None:
        return False
    if spec.origin is None and not any(file for folder in spec.submodule_search_locations
                                       for file in pathlib.Path(folder).glob("*.py")):
        return False  # any folder is a namespace; that of Kafka's jars is not Kafka's client
    return at == name or name in sys.modules
