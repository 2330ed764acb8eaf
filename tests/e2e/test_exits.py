"""The local stack starts again what ends, so that a crash would hide behind the next answer."""

import desk
from telex_stack.supervised import exit_text, first_error

SERVICES = ("ingestion-0", "ingestion-1", "feeds-0", "feeds-1", "views-0", "views-1",
            "translation-0", "translation-1")


class ExitsTest(desk.Case):
    def test_no_service_crashed_or_exited_in_all_the_tests_before(self):
        exits = {name: [f"{exit_text(one)}: {first_error(one)}" for one in
                        self.stack.service(name).process.exits()] for name in SERVICES}
        for name, words in desk.expected_exits:
            expected = next((text for text in exits[name] if words in text), None)
            if expected is not None:
                exits[name].remove(expected)
        self.assertEqual(exits, {name: [] for name in SERVICES})
