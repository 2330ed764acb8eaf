"""TLS and client certificates, between the real telexctl and the real telex-ingestion."""

import hashlib
import pathlib
import tempfile

import desk
from live import certificates, wait

NAME = "ingestion-3"
HOST = "ingestion.telex.test"  # in its certificate; it listens on an address
TOKEN = "a-token-of-this-test"
CALLERS = f"""desk    editor,reader  uri:spiffe://telex.test/desk
partner reader         dns:partner.telex.test
robot   editor         {hashlib.sha256(TOKEN.encode()).hexdigest()}
"""
REFUSED, USAGE, UNAVAILABLE, PERMISSION = 1, 2, 3, 4  # docs/guides/telexctl.md


class TlsTest(desk.Case):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.servers = certificates.Authority(self.folder, "servers")
        self.clients = certificates.Authority(self.folder, "clients")
        self.server = self.servers.issue("ingestion", f"DNS:{HOST}")
        (self.folder / "callers").write_text(CALLERS)
        (self.folder / "token").write_text(TOKEN + "\n")

    def serve(self, client_ca=""):
        child = self.stack.child(NAME, TELEX_TOKENS_FILE=str(self.folder / "callers"),
                                 TELEX_GRPC_TLS_CERTIFICATE_FILE=str(self.server[0]),
                                 TELEX_GRPC_TLS_KEY_FILE=str(self.server[1]),
                                 TELEX_GRPC_TLS_CLIENT_CA_FILE=str(client_ca))
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        why_not = self.stack.service(NAME).why_not_ready
        wait.until(lambda: child.poll() is not None or why_not() is None, 60, f"{NAME} is ready")
        self.assertIsNone(child.poll(), self.stack.log(NAME)[-2000:])

    def call(self, *words, certificate=None, ca="servers", name=HOST, token="/dev/null",
             stdin=None):
        """telexctl against this server: of no token but the one that is given."""
        flags = ["--ingestion-address", self.stack.address(NAME), "--token-file", token]
        if ca:
            flags += ["--ca-file", self.servers.file if ca == "servers" else ca]
        if name:
            flags += ["--server-name", name]
        if certificate:
            flags += ["--certificate-file", certificate[0], "--key-file", certificate[1]]
        return self.ctl(*flags, *words, stdin=stdin)

    def create(self, **how):
        return self.call("articles", "create", "--source", desk.SOURCE, "--key", self.key("tls"),
                         "--headline", "By certificate", "--section", self.section, "--new-section",
                         "--language", "en", "--body-file", "-", stdin=b"The body.", **how)

    def assert_refused(self, told, code, hint):
        self.assertEqual(told.code, code, told)
        self.assertIn(hint, told.error["hint"], told)
        self.assertEqual(told.out, "")

    def test_who_one_is_comes_from_the_certificate(self):
        self.serve(client_ca=self.clients.file)
        editor = self.clients.issue("desk", "URI:spiffe://telex.test/desk")
        reader = self.clients.issue("partner", "DNS:partner.telex.test")
        nobody = self.clients.issue("nobody", "DNS:nobody.telex.test,URI:spiffe://telex.test/desk/x")

        with self.subTest("an editor writes"):
            told = self.create(certificate=editor)
            self.assertEqual(told.code, 0, told)
            article = told.json()
            self.assertEqual(self.call("articles", "get", article["name"],
                                       certificate=editor).json()["headline"], "By certificate")
        with self.subTest("a reader reads, and may not write"):
            self.assertEqual(self.call("articles", "get", article["name"],
                                       certificate=reader).code, 0)
            told = self.create(certificate=reader)
            self.assert_refused(told, PERMISSION, "has the role")
            self.assertEqual(told.error["reason"], "ROLE_REQUIRED")
        with self.subTest("a certificate that no line names"):
            told = self.call("articles", "list", certificate=nobody)
            self.assert_refused(told, PERMISSION, "certificate")
            self.assertEqual(told.error["reason"], "UNAUTHENTICATED")
        with self.subTest("a token says more than a certificate"):
            told = self.create(certificate=reader, token=self.folder / "token")
            self.assertEqual(told.code, 0, told)

    def test_a_connection_that_cannot_be_trusted_is_none(self):
        self.serve(client_ca=self.clients.file)
        editor = self.clients.issue("desk", "URI:spiffe://telex.test/desk")
        others = certificates.Authority(self.folder, "others")
        listing = ("sources", "list")
        self.assertEqual(self.call(*listing, certificate=editor).code, 0)
        for what, how in (
                ("another authority's server", {"ca": others.file, "certificate": editor}),
                ("another name", {"name": "feeds.telex.test", "certificate": editor}),
                ("its address is not its name", {"name": "", "certificate": editor}),
                ("no client certificate", {}),
                ("a token and no client certificate", {"token": self.folder / "token"}),
                ("another authority's client", {"certificate":
                                                others.issue("x", "URI:spiffe://telex.test/desk")}),
                ("in the clear", {"ca": "", "name": ""})):
            with self.subTest(what):
                told = self.call(*listing, **how)
                self.assert_refused(told, UNAVAILABLE, "TLS")
        for what, how in (
                ("a CA that is not there", {"ca": self.folder / "none.pem"}),
                ("a key that is not the certificate's",
                 {"certificate": (editor[0], self.server[1])}),
                ("a certificate that is none", {"certificate": (self.folder / "token", editor[1])}),
                ("a certificate and no CA", {"ca": "", "certificate": editor})):
            with self.subTest(what):
                self.assertEqual(self.call(*listing, **how).code, USAGE)

    def test_tls_without_client_certificates_asks_for_a_token(self):
        self.serve()
        self.assertEqual(self.create(token=self.folder / "token").code, 0)
        self.assert_refused(self.create(), PERMISSION, "--token-file")
        self.assert_refused(self.create(token=self.folder / "token", ca="", name=""), UNAVAILABLE,
                            "TLS")
