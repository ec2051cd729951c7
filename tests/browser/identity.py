"""A small identity provider on a real port: signs whoever it is told to sign in, without asking."""

import base64
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT = "inflow"


class Provider(ThreadingHTTPServer):
    """OpenID Connect as far as a sign-in needs it: discovery, code, token signed with RS256, keys.

    ``claims`` are those of the next one to sign in; ``asked`` the paths of all requests.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.claims: dict[str, object] = {}
        self.nonces: dict[str, str] = {}
        self.asked: list[str] = []
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def __enter__(self) -> "Provider":
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.shutdown()
        self.server_close()

    def discovery(self) -> dict[str, object]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def keys(self) -> dict[str, object]:
        numbers = self.key.public_key().public_numbers()
        key = {"kty": "RSA", "kid": "1", "alg": "RS256", "use": "sig"}
        return {"keys": [key | {"n": _number(numbers.n), "e": _number(numbers.e)}]}

    def token(self, code: str) -> dict[str, object]:
        now = int(time.time())
        times = {"iat": now, "exp": now + 300}
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "1",
            "nonce": self.nonces.pop(code),
            **times,
            **self.claims,
        }
        signed = f"{_json({'alg': 'RS256', 'kid': '1', 'typ': 'JWT'})}.{_json(claims)}"
        signature = self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        token = f"{signed}.{_base64(signature)}"
        return {
            "access_token": secrets.token_hex(8),
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": token,
        }


class _Handler(BaseHTTPRequestHandler):
    server: Provider
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self.server.asked.append(address.path)
        if address.path == "/authorize":
            self._back(parse_qs(address.query))
        elif address.path == "/keys":
            self._answer(self.server.keys())
        else:
            self._answer(self.server.discovery())

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._answer(self.server.token(form["code"][0]))

    def _back(self, asked: dict[str, list[str]]) -> None:
        code = secrets.token_hex(8)
        self.server.nonces[code] = asked["nonce"][0]
        back = urlencode({"code": code, "state": asked["state"][0]})
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri'][0]}?{back}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, document: dict[str, object]) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _json(value: object) -> str:
    return _base64(json.dumps(value).encode())


def _number(value: int) -> str:
    return _base64(value.to_bytes((value.bit_length() + 7) // 8, "big"))
