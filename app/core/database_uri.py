"""Whether a connection string of MongoDB from the secret store may be used. It is never shown."""

from __future__ import annotations

from typing import Any

from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

PLAIN, SEEDED = "mongodb://", "mongodb+srv://"

# Options that would let anybody answer in the database's place; compared in small letters.
_TRUSTING = ("tlsinsecure", "tlsallowinvalidcertificates", "tlsallowinvalidhostnames")


def uri_faults(uri: str, *, tls: bool) -> list[str]:
    """Why the connection string can't be used; empty where it can. Nothing of it is quoted.

    `tls` says that the connection has to be encrypted, the server's certificate checked, and
    somebody signed in. Nothing is looked up. Rule: the connection string specification of
    MongoDB's drivers.
    """
    scheme = next((each for each in (SEEDED, PLAIN) if uri.startswith(each)), None)
    if scheme is None:
        return [f"uri must begin with {PLAIN} or {SEEDED}"]
    if "<" in uri or ">" in uri:
        return ["uri still holds a placeholder such as <db_password>: write the password there"]
    torn = "uri is no connection string: are user and password percent-encoded (RFC 3986)?"
    try:
        # As a plain string: parsing one with servers in DNS would ask DNS.
        parsed: dict[str, Any] = parse_uri(PLAIN + uri.removeprefix(scheme), validate=True)
    except (PyMongoError, ValueError):  # their texts may quote parts of a password
        return [torn]
    if "@" in (parsed["database"] or ""):
        return [torn]  # a slash in the password ended the host
    faults: list[str] = []
    if scheme == SEEDED and (len(parsed["nodelist"]) != 1 or parsed["nodelist"][0][1] != 27017):
        faults.append(f"uri must name one host without a port where it begins with {SEEDED}")
    return faults + (_open_faults(parsed) if tls else [])


def _open_faults(parsed: dict[str, Any]) -> list[str]:
    """What would leave the connection open to others."""
    signed_in = parsed["username"] and parsed["password"]
    faults = [] if signed_in else ["uri must hold a user and a password"]
    options: dict[str, Any] = {key.lower(): each for key, each in parsed["options"].items()}
    weak = [name for name in _TRUSTING if options.get(name)]
    if options.get("tls") is False:
        weak.append("tls=false")
    return faults + ([f"uri must be without {', '.join(weak)}"] if weak else [])
