"""Which programs a Python file calls by literal names, and what it imports."""

import ast
import functools
import os
import pathlib

import shell_needs

RUNNERS = {"subprocess.run", "subprocess.Popen", "subprocess.call", "subprocess.check_call",
           "subprocess.check_output"}
OF_ONE_NAME = {"shutil.which", "os.execv", "os.execve", "os.execvp", "os.execvpe", "os.execl",
               "os.execlp", "os.posix_spawn", "os.posix_spawnp"}
OF_SHELL = {"os.system", "os.popen"}


class File:
    def __init__(self, path, text, line=1):
        self.path = pathlib.Path(path)
        self.tree = ast.parse(text)
        self._line = line - 1  # of the text in its file
        self.imports = []  # (module, level, line)
        self.programs = []  # (name, line)
        self._values = {}  # name: every expression it is given in this file
        self._helpers = {}  # function: (position of its command, whether it is one of *words)
        for node in ast.walk(self.tree):
            self._note(node)
        self._find_helpers()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                self._call(node)

    def _note(self, node):
        if isinstance(node, ast.Import):
            self.imports += [(alias.name, 0, node.lineno + self._line) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names] if not node.module else [node.module]
            self.imports += [(name, node.level, node.lineno + self._line) for name in names]
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._give(target, node.value)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value:
            self._give(node.target, node.value)
        elif isinstance(node, ast.For) and isinstance(node.iter, (ast.Tuple, ast.List)):
            for element in node.iter.elts:
                self._give(node.target, element)

    def _give(self, target, value):
        if isinstance(target, ast.Name):
            self._values.setdefault(target.id, []).append(value)

    # -- calls -----------------------------------------------------------------------------------
    def _call(self, node):
        name = ast.unparse(node.func)
        if name.split(".")[-1] in self._helpers:
            position, spread = self._helpers[name.split(".")[-1]]
            if len(node.args) > position:
                argument = node.args[position]
                self._add(self._words(argument) if spread else self._heads(argument), node)
        if not node.args:
            return
        if name in RUNNERS:
            if any(keyword.arg == "shell" and getattr(keyword.value, "value", False) is True
                   for keyword in node.keywords):
                self._add_shell(node)
            else:
                self._add(self._heads(node.args[0]) | self._literal(node.args[0]), node)
        elif name in OF_ONE_NAME:
            self._add(self._words(node.args[0]), node)
        elif name in OF_SHELL:
            self._add_shell(node)

    def _add(self, names, node):
        self.programs += [(name, node.lineno + self._line) for name in sorted(names)]

    def _add_shell(self, node):
        for text in self._words(node.args[0]):
            self.programs += shell_needs.in_script(text, node.lineno + self._line).programs

    def calls_of(self, program):
        """The literal words behind each one of a program's name or path, in calls and lists."""
        found = []
        for node in ast.walk(self.tree):
            words = node.args if isinstance(node, ast.Call) else \
                node.elts if isinstance(node, ast.List) else []
            for at, word in enumerate(words):
                if any(isinstance(one, ast.Constant) and one.value == program for one in ast.walk(word)) \
                        and not isinstance(word, (ast.Call, ast.List, ast.Tuple)):
                    found.append([one.value for one in words[at + 1:]
                                  if isinstance(one, ast.Constant) and isinstance(one.value, str)])
        return found

    def _find_helpers(self):
        """Functions of this file that hand an argument on as a command."""
        owners = [node for node in ast.walk(self.tree) if isinstance(node, (ast.Module, ast.ClassDef))]
        functions = [(owner, node) for owner in owners for node in owner.body
                     if isinstance(node, ast.FunctionDef)]
        for owner, function in functions:
            name, skipped = function.name, 0
            if isinstance(owner, ast.ClassDef):
                name = owner.name if name == "__init__" else name
                static = any(ast.unparse(one) == "staticmethod" for one in function.decorator_list)
                skipped = 0 if static else 1
            parameters = [one.arg for one in function.args.args][skipped:]
            vararg = function.args.vararg and function.args.vararg.arg
            for call in ast.walk(function):
                if not (isinstance(call, ast.Call) and call.args and ast.unparse(call.func) in RUNNERS):
                    continue
                handed = self._origin(call.args[0])
                if handed == vararg and handed:
                    self._helpers[name] = (len(parameters), True)
                elif handed in parameters:
                    self._helpers[name] = (parameters.index(handed), False)

    def _origin(self, node):
        """The name of the list whose first element is the program."""
        match node:
            case ast.Name():
                return node.id
            case ast.List(elts=[first, *_]) | ast.Tuple(elts=[first, *_]):
                return self._origin(first.value) if isinstance(first, ast.Starred) else None
            case ast.ListComp() | ast.GeneratorExp():
                return self._origin(node.generators[0].iter)
            case ast.BinOp(op=ast.Add()):
                return self._origin(node.left)
            case ast.Call(args=[first, *_]) if ast.unparse(node.func) in ("list", "tuple", "map"):
                return self._origin(node.args[-1])
        return None

    # -- values ----------------------------------------------------------------------------------
    def _words(self, node, seen=()):
        """The literals that an expression of one word may be."""
        match node:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.Name(id=name) if name not in seen:
                return set().union(*(self._words(value, (*seen, name))
                                     for value in self._values.get(name, [])))
            case ast.IfExp():
                return self._words(node.body, seen) | self._words(node.orelse, seen)
            case ast.BoolOp():
                return set().union(*(self._words(value, seen) for value in node.values))
            case ast.Call(func=ast.Name(id="str"), args=[inner]):
                return self._words(inner, seen)
        return set()

    def _heads(self, node, seen=()):
        """The literals that the first word of a list may be."""
        match node:
            case ast.List(elts=[first, *_]) | ast.Tuple(elts=[first, *_]):
                if isinstance(first, ast.Starred):
                    return self._heads(first.value, seen)
                return self._words(first, seen)
            case ast.Name(id=name) if name not in seen:
                return set().union(*(self._heads(value, (*seen, name))
                                     for value in self._values.get(name, [])))
            case ast.BinOp(op=ast.Add()):
                return self._heads(node.left, seen)
            case ast.ListComp() | ast.GeneratorExp():
                return self._heads(node.generators[0].iter, seen)
            case ast.IfExp():
                return self._heads(node.body, seen) | self._heads(node.orelse, seen)
        return set()

    @staticmethod
    def _literal(node):
        """A command may be one string, too: the program's name."""
        return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()

    # -- sys.path --------------------------------------------------------------------------------
    @functools.cached_property
    def path_additions(self):
        """The folders that the file puts into sys.path, as far as its own constants say where."""
        known = {"pathlib": pathlib, "Path": pathlib.Path, "os": os, "str": str, "list": list,
                 "__file__": str(self.path), "__builtins__": {}}

        def value(node):
            return eval(compile(ast.Expression(node), str(self.path), "eval"), known)  # noqa: S307

        found = []
        for node in ast.walk(self.tree):
            expression, many = _added(node)
            try:
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    known[node.targets[0].id] = value(node.value)
                elif expression is not None:
                    found += value(expression) if many else [value(expression)]
            except Exception:  # noqa: BLE001: not a constant; what it imports will not be found
                continue
        return [pathlib.Path(one) for one in found]


def _added(node):
    """(expression, whether it is of a list) that goes into sys.path."""
    match node:
        case ast.Call(args=[*_, last]) if ast.unparse(node.func) in ("sys.path.insert",
                                                                     "sys.path.append"):
            return last, False
        case ast.Call(args=[last]) if ast.unparse(node.func) == "sys.path.extend":
            return last, True
        case ast.Assign(targets=[ast.Subscript(value=target)]) | ast.AugAssign(target=target) \
                if ast.unparse(target) == "sys.path":
            return node.value, True
    return None, False
