"""Secrets under a passphrase, in the format of the Pulumi CLI, so that each reads the other's.

Format (`pkg/secrets/passphrase/manager.go` and `sdk/go/common/resource/config/crypt.go`):
a stack's salt is `v1:<base64 of 8 bytes>:<ciphertext of "pulumi">`, a ciphertext is
`v1:<base64 nonce of 12 bytes>:<base64 of AES-256-GCM output>`, the key is PBKDF2-HMAC-SHA256
of passphrase and salt with 1,000,000 rounds.
"""

from __future__ import annotations

import base64
import os
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.engine.errors import EngineError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_ROUNDS = 1_000_000
_PROBE = "pulumi"
_WAY_OUT = (
    "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds the "
    "passphrase (of `gacp`: .local/secrets/passphrase)"
)


VARIABLES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")


def environment_of_children() -> dict[str, str]:
    """Our environment without the way to the passphrase: programs and plugins get values alone."""
    return {name: value for name, value in os.environ.items() if name not in VARIABLES}


def passphrase() -> str:
    """The passphrase of the environment. Raises EngineError where there is none."""
    if (text := os.environ.get("PULUMI_CONFIG_PASSPHRASE")) is not None:
        return text
    if name := os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        try:
            return Path(name).read_text().strip()
        except OSError as error:
            message = f"the passphrase file {name} can't be read ({error.strerror}): {_WAY_OUT}"
            raise EngineError(message) from error
    raise EngineError(f"the stack's secrets need a passphrase: {_WAY_OUT}")


def _derive(phrase: str, salt: bytes) -> AESGCM:
    import hashlib

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(hashlib.pbkdf2_hmac("sha256", phrase.encode(), salt, _ROUNDS, 32))


def _seal(key: AESGCM, text: str) -> str:
    nonce = os.urandom(12)
    parts = (nonce, key.encrypt(nonce, text.encode(), None))
    return "v1:" + ":".join(base64.b64encode(part).decode() for part in parts)


def _open(key: AESGCM, text: str) -> str:
    version, nonce, data = text.split(":")
    if version != "v1":
        raise ValueError(version)
    return key.decrypt(base64.b64decode(nonce), base64.b64decode(data), None).decode()


class Secrets:
    """Encrypts and decrypts for one stack. The slow derivation of the key runs beside the rest.

    A value that was read keeps its ciphertext when it is written again, so that an update that
    changes nothing leaves the state as it was.
    """

    def __init__(self, salt: str, phrase: str) -> None:
        self.salt = salt
        self._known: dict[str, str] = {}
        pool = ThreadPoolExecutor(1, "derive")
        self._key: Future[AESGCM] = pool.submit(self._prepare, phrase)
        pool.shutdown(wait=False)

    def _prepare(self, phrase: str) -> AESGCM:
        from cryptography.exceptions import InvalidTag

        version, salt, proof = self.salt.split(":", 2)
        if version != "v1":
            raise EngineError(
                f"the stack's encryptionsalt begins with {version!r}: only v1 is known; "
                "make the stack's secrets anew with `pulumi stack change-secrets-provider`"
            )
        key = _derive(phrase, base64.b64decode(salt))
        try:
            _open(key, proof)
        except InvalidTag as error:
            raise EngineError(f"incorrect passphrase for this stack: {_WAY_OUT}") from error
        return key

    def verify(self) -> None:
        """Raises EngineError where the passphrase is not the stack's."""
        self._key.result()

    def encrypt(self, text: str) -> str:
        return self._known.get(text) or _seal(self._key.result(), text)

    def decrypt(self, text: str) -> str:
        """Raises EngineError where the text was encrypted under another salt or damaged."""
        from cryptography.exceptions import InvalidTag

        try:
            plain = _open(self._key.result(), text)
        except (InvalidTag, ValueError) as error:
            raise EngineError(
                "a secret of this stack can't be decrypted: it was written under another "
                "passphrase or salt, or is damaged; restore the stack's encryptionsalt"
            ) from error
        self._known[plain] = text
        return plain


def new_salt(phrase: str) -> str:
    """A fresh `encryptionsalt` for a stack whose passphrase is `phrase`."""
    salt = os.urandom(8)
    return f"v1:{base64.b64encode(salt).decode()}:{_seal(_derive(phrase, salt), _PROBE)}"
