"""The files that a machine of profile `host` runs from, and the archive that they travel in."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.edge.client_address import behind_cdn
from infra.edge.model import EdgeModel
from infra.edge.nginx import NginxPaths, Tls, render_nginx
from infra.workloads.compose import (
    CERTIFICATES,
    CHALLENGES,
    EDGE_HTTP_PORT,
    EDGE_HTTPS_PORT,
    EDGE_PREFIX,
    ENVIRONMENT_FILE,
    ComposeArgs,
    edge_upstreams,
    render_compose,
    render_environment_file,
)
from infra.workloads.environment import application_environment
from infra.workloads.model import APPLICATION_USER

HERE = Path(__file__).parent
UNITS = ("gacp.service", "gacp-certificate.service", "gacp-certificate.timer")
ALL_ADDRESSES = "0.0.0.0"  # noqa: S104 - inside the container; the security group decides


@dataclass(frozen=True, slots=True)
class BundleArgs:
    """`outputs` are the stack's; `contact` hears from the certificate authority. `acme` is false
    behind a balancer, which ends TLS itself: the machine's own certificate is enough there. Behind
    CloudFront (`behind_cdn`) the authority looks into DNS: it can't reach the machine."""

    outputs: Mapping[str, object]
    image: str
    edge_image: str
    domain: str
    contact: str
    log_level: str = "info"
    trusted_proxies: tuple[str, ...] = ()
    acme: bool = True
    behind_cdn: bool = False

    @property
    def registry(self) -> str:
        return self.image.partition("/")[0]


def bundle_files(args: BundleArgs) -> dict[str, str]:
    """Every file of the bundle by name. Nothing secret is in any of them."""
    outputs = args.outputs
    compose = ComposeArgs(
        image=args.image,
        edge_image=args.edge_image,
        region=str(outputs["region"]),
        log_group=str(outputs["logGroup"]),
    )
    return {
        "compose.yaml": render_compose(compose),
        ENVIRONMENT_FILE: render_environment_file(application_environment(outputs, args.log_level)),
        "nginx.conf": render_nginx(
            behind_cdn() if args.behind_cdn else EdgeModel(trusted_proxies=args.trusted_proxies),
            edge_upstreams(),
            (ALL_ADDRESSES, EDGE_HTTPS_PORT),
            tls=Tls(
                certificate=f"{CERTIFICATES}/fullchain.pem",
                key=f"{CERTIFICATES}/privkey.pem",
                redirect_from=(ALL_ADDRESSES, EDGE_HTTP_PORT),
                challenge_folder=CHALLENGES,
            ),
            paths=NginxPaths(
                pid=f"{EDGE_PREFIX}/nginx.pid",
                error_log="stderr",
                access_log="/dev/stdout",
                temp=EDGE_PREFIX,
            ),
        ),
        "first_secret.py": (HERE / "first_secret.py").read_text(encoding="utf-8"),
        "set-up": _rendered("set-up.sh.j2", {**_places(args), "units": UNITS}),
        "install-certificate": _rendered("install-certificate.sh.j2", _places(args)),
        **{unit: _rendered(f"{unit}.j2", _places(args)) for unit in UNITS},
    }


def bundle_archive(args: BundleArgs) -> bytes:
    """A tar.gz of the bundle: equal arguments make equal bytes, so its SHA-256 names it."""
    return _archived(bundle_files(args))


def _places(args: BundleArgs) -> dict[str, object]:
    return {
        "domain": args.domain,
        "contact": args.contact,
        "user": APPLICATION_USER,
        "certificates": CERTIFICATES,
        "challenges": CHALLENGES,
        "proof": "dns-route53" if args.behind_cdn else f"webroot --webroot-path {CHALLENGES}",
        "packages": ["python3-certbot-dns-route53"] if args.behind_cdn else [],
        "registry": args.registry,
        "acme": args.acme,
    }


def _rendered(template: str, values: Mapping[str, object]) -> str:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - shell and unit files, not HTML
        keep_trailing_newline=True,
    )
    return environment.get_template(template).render(values)


def _archived(files: Mapping[str, str]) -> bytes:
    """A tar.gz without times or owners, so that equal files make equal bytes."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, text in sorted(files.items()):
            content = text.encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mode = 0o755 if content.startswith(b"#!") else 0o644
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), compresslevel=9, mtime=0)
