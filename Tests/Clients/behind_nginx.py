"""Two Martlets on one database, and nginx before them with the configuration that README.md shows."""
import re
import shutil
import signal
import subprocess
import time

import requests

from martlet import ROOT, Martlet, free_port

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


def shown_configuration():
    """The one block of README.md that is nginx's."""
    found = re.findall(r"```nginx\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    assert len(found) == 1, f"README.md shows {len(found)} configurations"
    return found[0]


def changed(text, pattern, replacement, count):
    """Only places, names and certificates are changed, each as often as it is known to stand there."""
    text, times = re.subn(pattern, replacement, text, flags=re.M)
    assert times == count, f"{pattern} stands {times} times in the configuration of README.md"
    return text


class TwoBehindNginx(Martlet):
    """As one Martlet to those who use it; `second` is the other process. With `certificate` (a pair of paths) nginx
    speaks TLS, as README.md shows it; without, it is for clients that know no certificate of ours."""

    def __init__(self, certificate=None):
        super().__init__()
        self.front, self.certificate = free_port(), certificate
        self.issuer = f"{'https' if certificate else 'http'}://localhost:{self.front}"
        self.own_address = f"http://127.0.0.1:{self.port}"
        self.environment |= {
            "MARTLET_ISSUER": self.issuer, "MARTLET_LISTEN_PORT": str(self.port),
            "MARTLET_TRUSTED_PROXIES": "127.0.0.1/32"}
        self.second = self.sibling()
        self.nginx = None

    def configuration(self):
        text = changed(shown_configuration(), r"127\.0\.0\.1:8080", f"127.0.0.1:{self.port}", 1)
        text = changed(text, r"127\.0\.0\.1:8090", f"127.0.0.1:{self.second.port}", 1)
        text = changed(text, r"id\.example\.com;$", "localhost;", 1)
        if self.certificate:
            text = changed(text, r"listen 443 ssl;", f"listen 127.0.0.1:{self.front} ssl;", 1)
            for name, path in zip(("ssl_certificate", "ssl_certificate_key"), self.certificate, strict=True):
                text = changed(text, rf"^( *{name}) .*;$", rf"\g<1> {path};", 1)
        else:
            text = changed(text, r"listen 443 ssl;", f"listen 127.0.0.1:{self.front};", 1)
            text = changed(text, r"^ *ssl_.*\n", "", 2)
        return f"""daemon off;
worker_processes 1;
pid {self.folder}/nginx.pid;
error_log {self.folder}/nginx-error.txt warn;
events {{}}
http {{
    log_format through '$request_method $uri $status $upstream_addr';
    access_log {self.folder}/nginx.txt through;
    client_body_temp_path {self.folder}/nginx-body;
    proxy_temp_path {self.folder}/nginx-proxy;
    fastcgi_temp_path {self.folder}/nginx-fastcgi;
    uwsgi_temp_path {self.folder}/nginx-uwsgi;
    scgi_temp_path {self.folder}/nginx-scgi;
{text}
}}
"""

    def start(self):
        super().start()
        self.second.start()
        path = self.folder / "nginx.conf"
        path.write_text(self.configuration())
        self.nginx = subprocess.Popen(
            [NGINX, "-p", str(self.folder), "-c", str(path), "-e", str(self.folder / "nginx-error.txt")],
            stdin=subprocess.DEVNULL)
        verify = str(self.certificate[0]) if self.certificate else True
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            assert self.nginx.poll() is None, (self.folder / "nginx-error.txt").read_text()
            try:
                if requests.get(self.issuer + "/jwks.json", timeout=2, verify=verify).ok:
                    return self
            except (requests.ConnectionError, requests.Timeout):
                time.sleep(0.01)
        raise AssertionError("nginx does not answer")

    def served(self):
        """Requests by process, as nginx counted them."""
        lines = (self.folder / "nginx.txt").read_text().splitlines()
        return [sum(line.endswith(f":{port}") for line in lines) for port in (self.port, self.second.port)]

    def reload(self):
        super().reload()
        if self.second.process and self.second.process.poll() is None:
            self.second.reload()

    def stop(self):
        try:
            if self.nginx and self.nginx.poll() is None:
                self.nginx.send_signal(signal.SIGTERM)
                self.nginx.wait(timeout=10)
            if self.second.process and self.second.process.returncode != -signal.SIGKILL:
                self.second.stop()
        finally:
            for process in (self.nginx, self.second.process):
                if process and process.poll() is None:
                    process.kill()
            super().stop()
