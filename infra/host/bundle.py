"""The bundle that a machine runs from: rendered files, and the programs that use them there."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.config.settings import Settings
from infra.edge.client_address import behind_cdn
from infra.edge.model import EdgeModel
from infra.edge.nginx import NginxPaths, Tls, render_nginx
from infra.host.onmachine import places
from infra.host.onmachine.edge import CONFIGURATION
from infra.host.onmachine.environment import TEMPLATE
from infra.host.onmachine.installing import SUMS
from infra.host.onmachine.release import FILE as RELEASE
from infra.host.onmachine.system import UNITS
from infra.host.release_file import Naming, describe
from infra.workloads.compose import (
    EDGE_HTTP_PORT,
    EDGE_HTTPS_PORT,
    EDGE_PREFIX,
    ENVIRONMENT_FILE,
    ComposeArgs,
    render_compose,
    render_environment_file,
)
from infra.workloads.environment import application_environment
from infra.workloads.sections import render_template

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
PROGRAMS = ("set-up", "certificate")  # at the top of the bundle
ALL_ADDRESSES = "0.0.0.0"  # noqa: S104 - inside the container; the security group decides


@dataclass(frozen=True, slots=True)
class BundleArgs:
    """`outputs` are the stack's; `contact` hears from the certificate authority. `acme` is false
    behind a balancer, which ends TLS itself: the machine's own certificate is enough there. Behind
    CloudFront (`behind_cdn`) the authority looks into DNS: it can't reach the machine.

    `own_server`: a server that is not on AWS. It has no role, so that keys are given to it, and
    its logs stay on it.
    """

    outputs: Mapping[str, object]
    image: str
    edge_image: str
    domain: str
    contact: str
    log_level: str = "info"
    trusted_proxies: tuple[str, ...] = ()
    acme: bool = True
    behind_cdn: bool = False
    own_server: bool = False

    @classmethod
    def of(
        cls, settings: Settings, outputs: Mapping[str, object], *, own_server: bool = False
    ) -> BundleArgs:
        """What a stack's configuration and its outputs say of a bundle."""
        stack = settings.stack
        domain, emails = stack.edge.domain, stack.alerts.emails
        return cls(
            outputs=outputs,
            image=f"{outputs['repositoryUrl']}@{stack.workloads.image_digest}",
            edge_image=stack.workloads.edge_image,
            domain=domain,
            contact=emails[0] if emails else f"hostmaster@{domain}",
            log_level=stack.workloads.log_level,
            trusted_proxies=stack.edge.trusted_proxies,
            acme=not stack.compute.has_balancer,
            behind_cdn=stack.edge.cdn.enabled,
            own_server=own_server,
        )


def bundle_archive(args: BundleArgs) -> bytes:
    """The whole as a tar.gz: equal arguments give equal bytes, so that its SHA-256 names it."""
    return _archived(bundle_files(args))


def bundle_files(args: BundleArgs) -> dict[str, str]:
    """Every file of the bundle by name. Nothing secret is in any of them."""
    files = _files(args)
    sums = (
        f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n"
        for name, text in sorted(files.items())
    )
    return {**files, SUMS: "".join(sums)}


def _files(args: BundleArgs) -> dict[str, str]:
    outputs = args.outputs
    compose = ComposeArgs(
        image=args.image,
        edge_image=args.edge_image,
        region=str(outputs["region"]),
        log_group="" if args.own_server else str(outputs["logGroup"]),
    )
    model = behind_cdn() if args.behind_cdn else EdgeModel(trusted_proxies=args.trusted_proxies)
    environment = application_environment(outputs, args.log_level)
    environment_text = render_environment_file(environment)
    described = describe(
        compose,
        model,
        environment_text,
        Naming(args.domain, args.contact, args.acme, args.behind_cdn, args.own_server),
    )
    return {
        "compose.yaml": render_compose(compose),
        ENVIRONMENT_FILE: environment_text,
        TEMPLATE: render_template(environment, args.own_server),
        RELEASE: described.to_json(),
        CONFIGURATION: _nginx(model),
        "first_secret.py": (HERE / "first_secret.py").read_text(encoding="utf-8"),
        **{name: (HERE / "templates" / name).read_text(encoding="utf-8") for name in PROGRAMS},
        **{unit: _rendered(f"{unit}.j2", {"domain": args.domain}) for unit in UNITS},
        **_programs(),
    }


def _nginx(model: EdgeModel) -> str:
    certificates = f"{places.CERTIFICATES}/serving"
    return render_nginx(
        model,
        None,
        (ALL_ADDRESSES, EDGE_HTTPS_PORT),
        tls=Tls(
            certificate=f"{certificates}/fullchain.pem",
            key=f"{certificates}/privkey.pem",
            redirect_from=(ALL_ADDRESSES, EDGE_HTTP_PORT),
            challenge_folder=places.CHALLENGES,
        ),
        paths=NginxPaths(
            pid=f"{EDGE_PREFIX}/nginx.pid",
            error_log="stderr",
            access_log="/dev/stdout",
            temp=EDGE_PREFIX,
        ),
    )


def _programs() -> dict[str, str]:
    """`infra.host.onmachine` under its own name, so that it runs there as it is tested here."""
    modules = [REPOSITORY / "infra/__init__.py", HERE / "__init__.py"]
    modules += sorted((HERE / "onmachine").glob("*.py"))
    return {str(path.relative_to(REPOSITORY)): path.read_text(encoding="utf-8") for path in modules}


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
