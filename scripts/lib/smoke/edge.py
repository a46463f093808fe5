"""Lines about the edge and about signing in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx

from scripts.lib.smoke.context import API, STAFF, Context, Local, as_object, hold, read_json, text
from scripts.lib.smoke.line import CheckFailedError, Line, NotHereError

# Name -> what its value must hold, in lower case (requirements I7).
SECURITY_HEADERS = {
    "content-security-policy": "default-src",
    "x-frame-options": "",
    "x-content-type-options": "nosniff",
    "referrer-policy": "",
}
TLS_HEADERS = {"strict-transport-security": "max-age="}
HIDDEN = ("/metrics", "/readyz", "/livez")
NO_SUCH_PAGE = "/no-such-page-of-the-smoke-test"
JWT_PARTS = 3


def health(context: Context) -> str:
    """The edge answers for an application behind it."""
    answer = context.ask("GET", "/health")
    read_json(answer)
    return f"{answer.elapsed.total_seconds() * 1000:.0f} ms to the first answer"


def headers(context: Context) -> str:
    """Security headers stand on a page, on a refusal and on a page that does not exist."""
    pages = {"/verify": 200, f"{API}/users/me": 401, NO_SUCH_PAGE: 404}
    for path, status in pages.items():
        answer = context.ask("GET", path, expect=status)
        missing = missing_headers(answer.headers, context.client.base_url.scheme == "https")
        if missing:
            raise CheckFailedError(f"GET {path} ({status}) lacks {', '.join(missing)}")
    return f"{len(SECURITY_HEADERS)} headers on {', '.join(map(str, pages.values()))}"


def missing_headers(seen: httpx.Headers, over_tls: bool) -> list[str]:
    """Names of security headers that are not there or say something else."""
    wanted = SECURITY_HEADERS | (TLS_HEADERS if over_tls else {})
    return [
        name
        for name, part in wanted.items()
        if name not in seen or part not in seen[name].lower() or not seen[name].strip()
    ]


def hidden(context: Context) -> str:
    """What only the machine itself may ask is not forwarded."""
    for path in HIDDEN:
        context.ask("GET", path, expect=404)
    return ", ".join(HIDDEN)


def sign_in(context: Context) -> str:
    """The farmer signs in with a password, and the token is that person's."""
    account = context.accounts["farmer"]
    body = {"email": account.email, "password": account.password}
    answer = read_json(context.ask("POST", f"{API}/auth/sign-in", body=body))
    hold(answer.get("tokenType"), "Bearer", "tokenType")
    context.found.tokens["farmer"] = text(answer, "accessToken")
    me = read_json(context.ask("GET", f"{API}/users/me", role="farmer"))
    hold(me.get("email"), account.email, "the e-mail of the token's user")
    hold(me.get("role"), "farmer", "the role of the token's user")
    return account.email


def wrong_password(context: Context) -> str:
    """A wrong password is refused, without saying whether the account exists."""
    body = {"email": context.accounts["farmer"].email, "password": "not-the-password-of-anyone"}
    answer = context.ask("POST", f"{API}/auth/sign-in", body=body, expect=401)
    hold_problem(answer)
    return "401"


def tokens(context: Context) -> str:
    """Staff tokens: made by the application's command where it runs here, else handed to us."""
    given = {role: context.accounts[role].token for role in STAFF if role in context.accounts}
    missing = [role for role in STAFF if not given.get(role)]
    if missing and context.local is None:
        raise NotHereError(f"no token for the {missing[0]}: give --accounts a file with one")
    if missing and context.local is not None:
        # Side by side: most of each is the start of an interpreter.
        with ThreadPoolExecutor(len(missing)) as pool:
            made = pool.map(partial(_made_token, context.local), missing)
            given |= dict(zip(missing, made, strict=True))
    context.found.tokens |= given
    for role in STAFF:
        me = read_json(context.ask("GET", f"{API}/users/me", role=role))
        hold(me.get("role"), role, f"the role of the {role}'s token")
    return f"{len(STAFF)} roles"


def _made_token(local: Local, role: str) -> str:
    made = local.app("token", "--role", role)
    lines = made.output.split()
    if made.code != 0 or not lines or lines[-1].count(".") != JWT_PARTS - 1:
        reason = made.errors.strip().splitlines()[-1:] or ["no token was printed"]
        raise CheckFailedError(f"`app token --role {role}` ended with {made.code}: {reason[0]}")
    return lines[-1]


def hold_problem(answer: httpx.Response) -> None:
    """Refusals are RFC 9457 problems with a type and the request's id, and nothing internal."""
    media_type = answer.headers.get("content-type", "")
    if not media_type.startswith("application/problem+json"):
        raise CheckFailedError(
            f"{answer.request.url.path} was refused as {media_type!r}, no problem"
        )
    problem = as_object(read_json(answer))
    text(problem, "type")
    text(problem, "requestId")
    hold(problem.get("status"), answer.status_code, "the problem's status")


LINES: tuple[Line[Context], ...] = (
    Line("health", "the edge answers /health", health),
    Line("headers", "security headers, on refusals too", headers),
    Line("hidden", "/metrics, /readyz, /livez are not forwarded", hidden),
    Line("sign-in", "a farmer signs in with a password", sign_in),
    Line("wrong-password", "a wrong password is refused", wrong_password),
    Line("tokens", "tokens of inspector, approver, administrator", tokens),
)
