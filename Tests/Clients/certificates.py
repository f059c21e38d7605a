"""A certification authority to throw away: a root that clients know, one below it, and certificates for localhost."""
import pathlib
import subprocess

HERE = "DNS:localhost,IP:127.0.0.1"
MAY_SIGN = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n"


class Authority:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.root = self._sign("root", MAY_SIGN, by=None)
        self._sign("below", MAY_SIGN, by="root")

    def pair(self, name, days=2, key="ec", names=HERE):
        """Paths of a chain that starts with the server's own certificate, and of its key. `name` is its common name, which
        nobody is to believe; `names` are those it is for."""
        extensions = f"subjectAltName={names}\nbasicConstraints=CA:FALSE\n"
        own = self._sign(name, extensions, by="below", days=days, key=key)
        chain = self.folder / f"{name}-chain.pem"
        chain.write_text(own.read_text() + (self.folder / "below.pem").read_text())
        return chain, self.folder / f"{name}.key"

    def _sign(self, name, extensions, by, days=2, key="ec"):
        path = lambda kind: str(self.folder / f"{name}.{kind}")  # noqa: E731
        made = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if key == "ec" else ["rsa:2048"]
        openssl("req", "-new", "-newkey", *made, "-noenc", "-keyout", path("key"), "-out", path("csr"), "-subj", f"/CN={name}")
        pathlib.Path(path("ext")).write_text(extensions)
        signer = ["-signkey", path("key")] if by is None else [
            "-CA", str(self.folder / f"{by}.pem"), "-CAkey", str(self.folder / f"{by}.key"), "-CAcreateserial"]
        openssl("x509", "-req", "-in", path("csr"), "-days", str(days), "-extfile", path("ext"), "-out", path("pem"), *signer)
        return pathlib.Path(path("pem"))


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
