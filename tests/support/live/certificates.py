"""Certificates of a test's own, made with the openssl command: valid for a day."""

import subprocess

OPENSSL_SECONDS_MAX = 30


def _openssl(*words):
    done = subprocess.run(["openssl", *map(str, words)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=OPENSSL_SECONDS_MAX, check=False)
    assert done.returncode == 0, f"openssl {words}: {done.stdout}"


_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Authority:
    """`file` is its certificate, PEM."""

    def __init__(self, folder, name):
        self._folder = folder / name
        self._folder.mkdir()
        self.file = self._folder / "ca.pem"
        self._key = self._folder / "ca.key"
        _openssl("req", "-x509", *_NEW_KEY, "-keyout", self._key, "-out", self.file,
                 "-subj", f"/CN={name}", "-days", 1)

    def issue(self, name, san):
        """(certificate file, key file). `san` as openssl writes it: "DNS:x,URI:spiffe://y"."""
        certificate, key = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        request, extensions = self._folder / f"{name}.csr", self._folder / f"{name}.ext"
        extensions.write_text(f"basicConstraints=critical,CA:FALSE\nsubjectAltName={san}\n")
        _openssl("req", *_NEW_KEY, "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        _openssl("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self._key,
                 "-CAcreateserial", "-days", 1, "-extfile", extensions, "-out", certificate)
        return certificate, key
