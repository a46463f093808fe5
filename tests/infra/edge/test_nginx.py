"""The nginx rendering compared with the edge model, line by line where they could differ."""

import dataclasses
import json
import re

import pytest

from infra.edge.client_address import behind_cdn
from infra.edge.model import BULK_BODY_BYTES, UPLOAD_BODY_BYTES, EdgeModel, Limit, Match, Upstream
from infra.edge.nginx import EdgeRenderingError, NginxPaths, Tls, location, render_nginx

MODEL = EdgeModel()
UPSTREAMS = {"api": [("api-0", 8000), ("api-1", 8000)], "portal": [("portal-0", 8100)]}
LISTEN = ("127.0.0.1", 8080)
TLS = Tls("tls/fullchain.pem", "tls/privkey.pem", ("127.0.0.1", 8081), "acme")


def rendered(model=MODEL, tls=None, **more):
    return render_nginx(model, UPSTREAMS, LISTEN, tls, **more)


def blocks(text):
    """Location heads and what stands in them."""
    found = {}
    for match in re.finditer(
        r"^        location ([^\n]+?) \{\n(.*?)^        \}$", text, re.M | re.S
    ):
        found[match[1]] = [line.strip() for line in match[2].splitlines()]
    return found


def route(path):
    return next(each for each in MODEL.routes if each.path == path)


def test_every_route_of_the_model_has_a_location_and_no_other_is_forwarded():
    forwarded = {
        head: body
        for head, body in blocks(rendered()).items()
        if any("proxy_pass" in x for x in body)
    }
    assert list(forwarded) == [location(each) for each in MODEL.routes]
    for each in MODEL.routes:
        assert f"proxy_pass http://{each.upstream};" in forwarded[location(each)]


def test_limits_of_routes_are_those_of_the_model():
    text = rendered()
    for limit, rate in MODEL.limits.items():
        assert f"zone={limit}:10m rate={rate.rate}r/{rate.per};" in text
    for each in MODEL.routes:
        body = blocks(text)[location(each)]
        applied = [line for line in body if line.startswith("limit_req")]
        assert applied == [
            f"limit_req zone={name} burst={MODEL.limits[name].burst} nodelay;"
            for name in each.limits
        ]


def test_the_figures_are_those_of_the_requirements():
    assert (MODEL.limits[Limit.API].rate, MODEL.limits[Limit.API].per) == (100, "s")
    assert MODEL.limits[Limit.API].burst == 50
    assert (MODEL.limits[Limit.SIGN_IN].rate, MODEL.limits[Limit.SIGN_IN].per) == (5, "m")
    text = rendered()
    assert "worker_connections 2048;" in text
    assert "keepalive_timeout 65s;" in text
    assert text.count("least_conn;") == 2
    assert "limit_req_status 429;" in text
    assert "server_tokens off;" in text


def test_only_requests_that_sign_in_count_against_its_limit():
    assert MODEL.limits[Limit.SIGN_IN].methods == ("POST",)
    assert re.search(
        r'map \$request_method \$limited_by_sign_in \{\s+default "";\s+POST ', rendered()
    )


def test_bodies_may_be_as_large_as_the_model_says():
    text = rendered()
    assert f"client_max_body_size {MODEL.body_bytes};" in text
    for each in MODEL.routes:
        said = [line for line in blocks(text)[location(each)] if "client_max_body_size" in line]
        assert said == (
            [] if each.body_bytes is None else [f"client_max_body_size {each.body_bytes};"]
        )
    assert route("/api/v1/imports/").body_bytes == BULK_BODY_BYTES
    upload = next(each for each in MODEL.routes if each.match is Match.PATTERN)
    assert upload.body_bytes == UPLOAD_BODY_BYTES > 10 * 1024 * 1024


@pytest.mark.parametrize(
    ("path", "is_upload"),
    [
        ("/api/v1/applications/abc123/documents", True),
        ("/api/applications/abc123/documents", True),
        ("/api/v1/applications/abc123", False),
        ("/api/v1/applications/abc/x/documents", False),
        ("/api/v1/documents/abc/content", False),
    ],
)
def test_the_upload_route_is_recognised(path, is_upload):
    upload = next(each for each in MODEL.routes if each.match is Match.PATTERN)
    assert bool(re.match(upload.path, path)) is is_upload


def test_streams_are_not_buffered_and_may_stay_silent():
    text = rendered()
    for each in MODEL.routes:
        body = blocks(text)[location(each)]
        assert ("proxy_buffering off;" in body) is each.stream
        assert (f"proxy_read_timeout {MODEL.timeouts.stream_seconds}s;" in body) is each.stream


def test_security_headers_stand_on_the_server_and_in_every_block_with_headers_of_its_own():
    text = rendered()
    wanted = {*MODEL.headers, "Content-Security-Policy", "X-Request-Id"}
    scopes = [
        text[text.index("        server_name") : text.index("        error_page")].splitlines()
    ]
    scopes += [body for body in blocks(text).values() if any("add_header" in x for x in body)]
    assert len(scopes) == 1 + 1 + len(MODEL.errors) * 2 + 1
    for scope in scopes:
        always = {
            line.split()[1]
            for line in scope
            if line.strip().startswith("add_header") and line.endswith("always;")
        }
        assert wanted <= always


def test_what_the_edge_says_is_not_said_twice_by_an_upstream():
    for name in (*MODEL.headers, "Content-Security-Policy", "X-Request-Id", "X-Powered-By"):
        assert f"proxy_hide_header {name};" in rendered()


def test_transport_security_is_promised_over_tls_alone():
    assert 'Strict-Transport-Security "' not in rendered()
    assert 'Strict-Transport-Security "max-age=31536000; includeSubDomains" always;' in rendered(
        tls=TLS
    )


def test_with_tls_plain_requests_are_redirected_and_acme_is_answered():
    text = rendered(tls=TLS)
    assert "listen 127.0.0.1:8080 ssl http2;" in text
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in text
    assert "return 308 https://$host$request_uri;" in text
    assert "/.well-known/acme-challenge/" in text
    assert "ssl" not in rendered()


def test_no_address_is_believed_unless_its_proxy_is_trusted():
    assert "set_real_ip_from" not in rendered()
    trusting = rendered(dataclasses.replace(MODEL, trusted_proxies=("10.0.0.0/8",)))
    assert "set_real_ip_from 10.0.0.0/8;" in trusting
    assert "real_ip_header X-Forwarded-For;" in trusting


def test_behind_cloudfront_the_last_address_is_believed_and_none_before_it():
    text = rendered(behind_cdn())
    assert "real_ip_recursive off;" in text
    assert "set_real_ip_from 0.0.0.0/0;" in text
    assert "set_real_ip_from ::/0;" in text


def test_errors_for_programs_are_problems_that_say_what_to_do():
    text = rendered()
    for code, error in MODEL.errors.items():
        body = " ".join(blocks(text)[f"@programs_{code}"])
        assert "default_type application/problem+json;" in body
        quoted = re.search(rf'return {code} "(.*)";', body)[1]
        problem = json.loads(quoted.replace('\\"', '"'))
        assert problem == {
            "type": f"urn:gacp:problem:{error.key}",
            "title": error.title,
            "status": code,
            "detail": error.detail,
            "requestId": "$request_id",
        }


def test_compression_follows_the_model_and_leaves_event_streams_alone():
    text = rendered()
    assert f"gzip_types {' '.join(MODEL.compression.types)};" in text
    assert "text/event-stream" not in MODEL.compression.types


def test_paths_and_user_are_those_given():
    text = rendered(paths=NginxPaths("p.pid", "stderr", "/dev/stdout", "t"), run_as="nobody")
    for line in (
        "user nobody;",
        'pid "p.pid";',
        'error_log "stderr" warn;',
        'client_body_temp_path "t/body";',
        'access_log "/dev/stdout" json;',
    ):
        assert line in text
    assert "user " not in rendered().splitlines()[1]


def test_the_log_leaves_the_query_out():
    log = re.search(r"log_format json.*?;", rendered(), re.S)[0]
    assert "$path_only" in log
    assert "$request_uri" not in log
    assert "$args" not in log


@pytest.mark.parametrize("missing", list(Upstream))
def test_an_upstream_without_a_server_is_refused_by_name(missing):
    upstreams = {name: servers for name, servers in UPSTREAMS.items() if name != missing}
    with pytest.raises(EdgeRenderingError, match=f"upstream {missing} has no server"):
        render_nginx(MODEL, upstreams, LISTEN)
