"""Which programs a shell script or a Makefile calls, and which Python it holds in `python3 -c`."""

import re

import shell_reader

# bash's builtins; those of sh are among them.
BUILTINS = set("""
. : [ alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs
disown echo enable eval exec exit export false fc fg getopts hash help history jobs kill let local
logout mapfile popd printf pushd pwd read readarray readonly return set shift shopt source suspend
test times trap true type typeset ulimit umask unalias unset wait
""".split())

# Commands that run the command after their options; of the options, those that take a word.
THROUGH = {"sudo": "ugpChrtTU", "env": "uCS", "exec": "a", "command": "", "nice": "n", "nohup": "",
           "timeout": "ks", "xargs": "aEILnPsd", "setsid": "", "stdbuf": "ioe", "time": "fo",
           "ionice": "cn", "chroot": "", "unshare": "", "flock": "wE"}
# How many words stand between the options and the command.
BEFORE_COMMAND = {"timeout": 1, "chroot": 1, "flock": 1}
SHELLS = ("sh", "bash", "dash")
EXPANSION_OF_ARRAY = re.compile(r'\$(\{\w+\[@\]\}|@)')


class Found:
    def __init__(self):
        self.programs = []  # (name, line)
        self.python = []  # (source, line) of python3 -c
        self.calls = []  # (name, words behind it)

    def calls_of(self, program):
        """The words behind each call of it."""
        return [words for name, words in self.calls if name == program]


def in_script(text, line=1):
    found = Found()
    _add_script(found, text, line, set())
    return found


def _add_script(found, text, line, functions):
    reader = shell_reader.Reader(text, line)
    commands = reader.read()
    functions = functions | reader.functions
    # A function that runs its arguments: what follows its name is a command, too.
    through = set()
    while True:
        more = {command.function for command in commands if command.function not in through
                and any(text == "$@" for text, _ in _heads(command.words, through))}
        if not more - {""}:
            break
        through |= more
    for command in commands:
        _add_command(found, command.words, functions, through)


def _add_command(found, words, functions, through):
    for name, rest in _heads(words, through):
        line = rest[0].line
        if name in functions or rest[0].expands or not name:
            continue
        if name not in BUILTINS:
            found.programs.append((name, line))
        arguments = rest[1:]
        found.calls.append((name, [word.text for word in arguments if not word.expands]))
        if name in ("trap", "eval") and arguments and not arguments[0].expands \
                and not arguments[0].text.startswith("-"):
            _add_script(found, arguments[0].text, arguments[0].line, functions)
        if name in ("command", "type", "which", "hash"):
            found.programs += [(word.text, line) for word in _probed(name, arguments)]
        if name in SHELLS and (code := _code(arguments)):
            _add_script(found, code.text, code.line, functions)
        if name.startswith("python3") and (code := _code(arguments)):
            found.python.append((code.text, code.line))
        if name == "find":
            for at, word in enumerate(arguments):
                if word.text in ("-exec", "-execdir", "-ok", "-okdir"):
                    _add_command(found, arguments[at + 1:], functions, through)


def _heads(words, through):
    """[(name, words from the name on)]: of the command, and of those it runs."""
    heads = []
    while words:
        name = words[0].text
        heads.append((name, words))
        # An array of options may be empty, as as_root is for root: then the next word is called.
        if EXPANSION_OF_ARRAY.fullmatch(name):
            words = words[1:]
        elif name in through:
            words = words[1:]
        elif name in THROUGH and not words[0].expands:
            if name == "command" and len(words) > 1 and words[1].text in ("-v", "-V"):
                break
            words = _after_options(words[1:], THROUGH[name])[BEFORE_COMMAND.get(name, 0):]
        else:
            break
    return heads


def _after_options(words, with_word):
    while words:
        text = words[0].text
        if text == "--":
            return words[1:]
        if shell_reader.ASSIGNMENT.match(text):
            words = words[1:]
        elif text.startswith("-"):
            takes_next = len(text) == 2 and text[1] in with_word
            words = words[2 if takes_next else 1:]
        else:
            break
    return words


def _probed(name, arguments):
    """The names that `command -v` and its like look for."""
    if name == "command" and not (arguments and arguments[0].text in ("-v", "-V")):
        return []
    return [word for word in arguments if not word.text.startswith("-") and not word.expands]


def _code(arguments):
    for at, word in enumerate(arguments[:-1]):
        if re.fullmatch(r"-\w*c", word.text):
            return None if arguments[at + 1].expands else arguments[at + 1]
        if not word.text.startswith("-"):
            break
    return None


# -- make -------------------------------------------------------------------------------------------
VARIABLE = re.compile(r"^(?:export\s+)?([A-Za-z_]\w*)\s*(?::|\?|\+)?=\s*(.*)$")
RULE = re.compile(r"^([\w.%/ -]+?)\s*::?(?!=)\s*(.*)$")


def _expanded(text, variables, depth=0):
    def value(match):
        name = match[1] or match[2]
        if name in variables and depth < 10:
            return _expanded(variables[name], variables, depth + 1)
        return "${" + re.sub(r"\W", "_", name) + "}"  # of make's own, or a function

    return re.sub(r"\$(?:\(([^()]*)\)|\{([^{}]*)\})", value, text.replace("$$", "\0")) \
        .replace("\0", "$$" if depth else "$")


def recipes(makefile):
    """[(target, line, shell)] of a Makefile: each line of a recipe, with make's variables put in."""
    variables, found, target, rows = {}, [], "", makefile.splitlines()
    at = 0
    while at < len(rows):
        begin, text = at, rows[at]
        while text.endswith("\\") and at + 1 < len(rows):
            at += 1
            text += "\n" + rows[at]
        at += 1
        if text.startswith("\t"):
            found.append((target, begin + 1, text.lstrip("\t").lstrip("@-+")))
        elif match := VARIABLE.match(text.replace("\\\n", " ")):
            variables[match[1]] = match[2]
            if shell := re.search(r"\$\(shell (.*)\)", match[2]):
                found.append(("", begin + 1, shell[1]))
            if match[1] == "SHELL":
                found.append(("", begin + 1, match[2]))
        elif match := RULE.match(text):
            target = match[1]
    return [(target, line, _expanded(text, variables)) for target, line, text in found]
