"""An HTTPS server on loopback, with a certificate that only its own clients trust."""

import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class HttpsServer:
    """A running server."""

    port: int
    trusting: ssl.SSLContext
    """For clients: trusts this server's certificate and no other."""

    def url(self, path: str) -> str:
        """Return the address of a path, which begins with a slash."""
        return f"https://localhost:{self.port}{path}"


def make_certificate(folder: Path) -> Path:
    """Return a file with a new key and its self-signed certificate for localhost."""
    file = folder / "server.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"]
    command += ["ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(file), "-out", "-"]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    file.write_text(file.read_text() + made.stdout)
    return file


@contextmanager
def serving(folder: Path, answers: dict[str, Answer]) -> Iterator[HttpsServer]:
    """Serve a function per path over HTTPS; every other path is not found."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path in answers:
                answers[self.path](self)
            else:
                self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Write nothing on stderr."""

    certificate = make_certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield HttpsServer(server.server_port, trusting)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def text(content: bytes) -> Answer:
    """Return what answers with a content."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def status(code: int, **headers: str) -> Answer:
    """Return what answers with a status and headers, and no content."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer
