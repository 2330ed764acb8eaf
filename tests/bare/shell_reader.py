"""Reads a shell script as far as it takes to know which commands it calls: a reader of bash's words,
quotes, substitutions, heredocs and compound commands, which runs and expands nothing."""

import dataclasses
import re

ASSIGNMENT = re.compile(r"[A-Za-z_]\w*(\[[^]]*\])?\+?=")
BLANKS = " \t"
ENDS_WORD = BLANKS + "\n;&|()<>"
OPERATORS = ("<<<", "<<-", ";;&", "&>>", "&&", "||", "|&", ";;", ";&", "<<", ">>", ">&", "<&", "<>",
             ">|", "&>", ";", "&", "|", "(", ")", "<", ">")
REDIRECTIONS = {"<<<", "<<", "<<-", "<", ">", ">>", ">&", "<&", "<>", ">|", "&>", "&>>"}
ENDS_CASE = {";;", ";&", ";;&"}
# After these a command begins; the others of the shell's own words end one.
OPENING = {"then", "do", "else", "elif", "if", "while", "until", "!", "{", "time", "coproc"}
CLOSING = {"fi", "done", "}"}


@dataclasses.dataclass
class Word:
    """`text` is without quotes; what the shell would expand stands in it as it is written."""
    text: str
    line: int
    expands: bool = False
    quoted: bool = False


@dataclasses.dataclass
class Command:
    words: list
    function: str = ""  # of the script, in whose body it stands

    @property
    def line(self):
        return self.words[0].line


class Unreadable(Exception):
    """`line`: where it was given up."""


class Reader:
    def __init__(self, text, line=1):
        self.text, self.at, self.line = text, 0, line
        self.commands = []
        self.functions = set()
        self._heredocs = []  # those whose bodies begin at the next line
        self._function = ""

    # -- characters ------------------------------------------------------------------------------
    def _next(self, count=1):
        taken = self.text[self.at:self.at + count]
        self.at += count
        self.line += taken.count("\n")
        return taken

    def _sees(self, what):
        return self.text.startswith(what, self.at)

    def _char(self):
        return self.text[self.at] if self.at < len(self.text) else ""

    def _fail(self, what):
        raise Unreadable(f"line {self.line}: {what}")

    def _skip_blanks(self):
        while True:
            if self._sees("\\\n"):
                self._next(2)
            elif self._char() and self._char() in BLANKS:
                self._next()
            elif self._char() == "#":
                while self._char() not in ("\n", ""):
                    self._next()
            else:
                return

    # -- words -----------------------------------------------------------------------------------
    def word(self):
        """The word that begins here, or None."""
        word = Word("", self.line)
        begin = self.at
        while self._char():
            char = self._char()
            if char in "<>" and self.text[self.at + 1:self.at + 2] == "(" and self.at == begin:
                word.expands = True
                self._next(2)
                self._inner(")")
            elif char == "(" and ASSIGNMENT.fullmatch(word.text):
                self._array()
            elif char in ENDS_WORD:
                break
            elif self._sees("\\\n"):
                self._next(2)
            elif char == "\\":
                word.quoted = True
                word.text += self._next(2)[1:]
            elif char == "'":
                word.quoted = True
                word.text += self._single()
            elif char == '"':
                word.quoted = True
                self._double(word)
            elif char in "$`":
                self._dollar(word)
            else:
                word.text += self._next()
        return word if self.at > begin else None

    def _single(self):
        self._next()
        end = self.text.find("'", self.at)
        if end < 0:
            self._fail("a ' without its end")
        text = self._next(end - self.at)
        self._next()
        return text

    def _double(self, word):
        self._next()
        while self._char() != '"':
            if not self._char():
                self._fail('a " without its end')
            if self._char() == "\\":
                escaped = self._next(2)
                word.text += escaped[1:] if escaped[1:] in ('"', "\\", "$", "`") else \
                    "" if escaped == "\\\n" else escaped
            elif self._char() in "$`":
                self._dollar(word)
            else:
                word.text += self._next()
        self._next()

    def _dollar(self, word):
        """An expansion; commands within it are read."""
        begin = self.at
        if self._char() == "`":
            self._next()
            end = self.at
            while self.text[end:end + 1] not in ("`", ""):
                end += 2 if self.text[end] == "\\" else 1
            inner = Reader(self.text[self.at:end].replace("\\`", "`"), self.line)
            self._take(inner.read())
            self._next(end - self.at + 1)
        elif self._sees("$(("):
            self._next(3)
            self._arithmetic()
        elif self._sees("$("):
            self._next(2)
            self._inner(")")
        elif self._sees("${"):
            self._next(2)
            self._braces()
        elif self._sees("$'"):
            self._next()
            self._ansi()
            word.quoted = True
            word.text += self.text[begin:self.at]
            return
        else:
            self._next()
            if not (name := re.compile(r"[A-Za-z_]\w*|[0-9@*#?$!-]").match(self.text, self.at)):
                word.text += "$"
                return
            self._next(len(name[0]))
        word.expands = True
        word.text += self.text[begin:self.at]

    def _ansi(self):
        self._next()
        while self._char() != "'":
            if not self._char():
                self._fail("a $' without its end")
            self._next(2 if self._char() == "\\" else 1)
        self._next()

    def _braces(self):
        """To the end of ${...}."""
        inside = Word("", self.line)
        while self._char() != "}":
            if not self._char():
                self._fail("a ${ without its end")
            if self._char() == "\\":
                self._next(2)
            elif self._char() == "'":
                self._single()
            elif self._char() == '"':
                self._double(inside)
            elif self._char() in "$`":
                self._dollar(inside)
            else:
                self._next()
        self._next()

    def _arithmetic(self):
        """To the end of $((...)) or ((...))."""
        depth = 2
        inside = Word("", self.line)
        while depth:
            char = self._char()
            if not char:
                self._fail("a (( without its end")
            if char in "$`":
                self._dollar(inside)
                continue
            depth += (char == "(") - (char == ")")
            self._next()

    def _array(self):
        """To the end of NAME=(...); its elements are no commands."""
        self._next()
        while True:
            self._skip_blanks()
            if self._char() == ")":
                self._next()
                return
            if self._char() == "\n":
                self._next()
            elif self.word() is None:
                self._fail("not an array")

    def _inner(self, until):
        """Commands up to `until`, within a word."""
        heredocs, self._heredocs = self._heredocs, []
        self.read(until)
        self._heredocs = heredocs + self._heredocs

    def _take(self, commands):
        for command in commands:
            command.function = command.function or self._function
        self.commands += commands

    # -- commands --------------------------------------------------------------------------------
    def _operator(self):
        for operator in OPERATORS:
            if self._sees(operator):
                return operator
        return ""

    def _newline(self):
        self._next()
        for delimiter, strips, literal in self._heredocs:
            body_line, body = self.line, ""
            while True:
                end = self.text.find("\n", self.at)
                row = self._next((end if end >= 0 else len(self.text)) - self.at)
                at_end = end < 0
                self._next(not at_end)
                if (row.lstrip("\t") if strips else row) == delimiter:
                    break
                if at_end:
                    self._fail(f"a heredoc without its end, {delimiter}")
                body += row + "\n"
            if not literal:
                inner = Reader(body, body_line)
                inner.heredoc_body()
                self._take(inner.commands)
        self._heredocs = []

    def heredoc_body(self):
        """All of it is text, but for its expansions."""
        inside = Word("", self.line)
        while self._char():
            if self._char() in "$`":
                self._dollar(inside)
            else:
                self._next(2 if self._char() == "\\" else 1)

    def _redirection(self, operator):
        self._next(len(operator))
        self._skip_blanks()
        target = self.word()
        if target is None:
            self._fail(f"nothing after {operator}")
        if operator in ("<<", "<<-"):
            self._heredocs.append((target.text, operator == "<<-", target.quoted))

    def read(self, until=""):
        """Reads commands up to the end, or `until`: ")", "}" or "esac"; what it met is returned for
        a case (";;" or "esac"), else the commands found."""
        words = []
        while True:
            self._skip_blanks()
            char = self._char()
            if not char:
                self._end(words)
                if until:
                    self._fail(f"no {until}")
                return self.commands
            operator = self._operator()
            if operator and not (operator in "<>" and self._sees(operator + "(")):
                if operator == ")" and until == ")":
                    self._end(words)
                    self._next()
                    return self.commands
                if operator in ENDS_CASE and until == "esac":
                    self._end(words)
                    self._next(len(operator))
                    return operator
                if operator in REDIRECTIONS:
                    self._redirection(operator)
                elif operator == "(":
                    self._parenthesis(words)
                elif operator == ")":
                    self._fail("a ) without its beginning")
                else:
                    self._end(words)
                    self._next(len(operator))
            elif char == "\n":
                self._end(words)
                self._newline()
            elif (met := self._command_word(words, until)) is not None:
                return met

    def _end(self, words):
        if words:
            self.commands.append(Command(list(words), self._function))
            words.clear()

    def _parenthesis(self, words):
        if not words and self._sees("(("):
            self._next(2)
            self._arithmetic()
        elif not words:
            self._next()
            self.read(")")
        elif len(words) == 1:
            self._next()
            self._skip_blanks()
            if self._next() != ")":
                self._fail("a ( within a command")
            self._function_body(words.pop().text)
        else:
            self._fail("a ( within a command")

    def _function_body(self, name):
        self.functions.add(name)
        outer, self._function = self._function, name
        while self._char() and self._char() in BLANKS + "\n":
            self._next()
        if self._char() == "(":
            self._next()
            self.read(")")
        else:
            if (word := self.word()) is None or word.text != "{":
                self._fail(f"no body of {name}")
            self.read("}")
        self._function = outer

    def _command_word(self, words, until):
        """Takes the next word; not None when it ends what is read."""
        if not words and self._sees("[[") and self.text[self.at + 2:self.at + 3] in " \t\n":
            self._test()
            return None
        begin = self.at
        word = self.word()
        if word is None:
            self._fail("cannot be read")
        if self._char() and self._char() in "<>" and self.text[begin:self.at].isdigit():
            return None  # the descriptor of a redirection
        if words or word.quoted or word.expands:
            if not words and ASSIGNMENT.match(self.text[begin:self.at]):
                return None
            words.append(word)
            return None
        return self._first_word(word, words, until)

    def _first_word(self, word, words, until):
        if word.text == until and until in ("}", "esac"):
            return self.commands if until == "}" else "esac"
        if word.text in OPENING:
            if word.text == "{":
                self.read("}")
        elif word.text in ("for", "select"):
            self._loop()
        elif word.text == "case":
            self._case()
        elif word.text == "function":
            self._skip_blanks()
            name = self.word().text
            self._skip_blanks()
            if self._sees("()"):
                self._next(2)
            self._function_body(name)
        elif word.text not in CLOSING and not ASSIGNMENT.match(word.text):
            words.append(word)
        return None

    def _test(self):
        """[[ ... ]]: no command, and its patterns are no shell."""
        self._next(2)
        while not self._sees("]]"):
            if not self._char():
                self._fail("no ]]")
            if self._char() in BLANKS + "\n;&|()<>":
                self._next()
            elif self.word() is None:
                self._next()
        self._next(2)

    def _loop(self):
        self._skip_blanks()
        if self._sees("(("):
            self._next(2)
            self._arithmetic()
            return
        while True:
            self._skip_blanks()
            if self._char() in ("\n", ";", ""):
                return
            if self.word() is None:
                self._fail("not a for")

    def _case(self):
        self._skip_blanks()
        self.word()
        while self._char() and self._char() in BLANKS + "\n":
            self._next()
        if (word := self.word()) is None or word.text != "in":
            self._fail("a case without its in")
        while True:
            while self._char() and self._char() in BLANKS + "\n#":
                self._skip_blanks()
                if self._char() == "\n":
                    self._next()
            if self._char() == "(":
                self._next()
            first = self.word()
            if first is not None and first.text == "esac" and not first.quoted:
                return
            while self._char() != ")":
                if not self._char():
                    self._fail("a case without its esac")
                if self._char() in BLANKS + "|":
                    self._next()
                elif self.word() is None:
                    self._fail("not a pattern")
            self._next()
            if self.read("esac") == "esac":
                return
