"""The machine's certificate: asked for and renewed by certbot, handed to nginx, its end watched.

Account and certificate lie on the data volume, so that a new machine does not ask again.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from infra.host.onmachine.commands import give, outcome, point, run, write
from infra.host.onmachine.edge import Edge
from infra.host.onmachine.engine import Engine
from infra.host.onmachine.errors import ExchangeError, MachineError
from infra.host.onmachine.lock import HAND_OVER, alone
from infra.host.onmachine.places import (
    ACCOUNT,
    CERTBOT_LOGS,
    CERTBOT_WORK,
    CERTIFICATES,
    CHALLENGES,
    Places,
)
from infra.host.onmachine.release import Release, read_release

NAME = "gacp"  # of the certificate within certbot
CHAIN, KEY = "fullchain.pem", "privkey.pem"
SELF_MADE_DAYS = 7
SELF_MADE_AGAIN_DAYS = 3
# certbot renews 30 days before the end, and asks twice a day: less means that it fails.
LEAST_DAYS = 21
SELF_MADE_SECONDS, ASK_SECONDS, LOOK_SECONDS = 30, 300, 15
WAIT_SECONDS = 900  # for an exchange that is at work
DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Certificates:
    """Certificate and key of nginx, exchanged as one. The key is the containers' user's alone."""

    places: Places
    release: Release

    @property
    def chain(self) -> Path:
        return self.places.at(CERTIFICATES) / "serving" / CHAIN

    def make_own(self) -> None:
        """A certificate of the machine's own, so that nginx starts before there is another."""
        scratch = self.places.at(CERTIFICATES) / ".own"
        scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        domain = self.release.domain
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        names = ["-subj", f"/CN={domain}", "-addext", f"subjectAltName=DNS:{domain}"]
        files = ["-keyout", str(scratch / KEY), "-out", str(scratch / CHAIN)]
        days = ["-days", str(SELF_MADE_DAYS)]
        run(["openssl", "req", "-x509", *curve, *days, *names, *files], SELF_MADE_SECONDS)
        self.take(scratch)
        shutil.rmtree(scratch)

    def take(self, folder: Path) -> str:
        """Serve the pair of a folder from the next reload on; gives back what was served before."""
        chain, key = (folder / CHAIN).read_bytes(), (folder / KEY).read_bytes()
        name = hashlib.sha256(chain).hexdigest()[:12]
        here = self.places.at(CERTIFICATES)
        pair = here / "pairs" / name
        for made in (here, here / "pairs", pair):
            made.mkdir(parents=True, exist_ok=True)
            made.chmod(0o700)
            give(made, self.release.user)
        write(pair / CHAIN, chain, 0o644, self.release.user)
        write(pair / KEY, key, 0o600, self.release.user)
        link = here / "serving"
        before = str(link.readlink()) if link.is_symlink() else ""
        point(link, f"pairs/{name}")
        return before

    def ask(self) -> None:
        """certbot: an account, a certificate, a renewal, or nothing where that is not due.

        Raises `CommandFailedError` where the authority refuses.
        """
        folders = [
            *("--config-dir", str(self.places.at(ACCOUNT))),
            *("--work-dir", str(self.places.at(CERTBOT_WORK))),
            *("--logs-dir", str(self.places.at(CERTBOT_LOGS))),
            *("--max-log-backups", "60"),
        ]
        who = ["--non-interactive", "--agree-tos", "--email", self.release.contact]
        how = ["--webroot", "--webroot-path", str(self.places.at(CHALLENGES))]
        if self.release.proves_by_dns:
            how = ["--dns-route53"]
        what = ["--keep-until-expiring", "--cert-name", NAME, "--domain", self.release.domain]
        run(["certbot", "certonly", *who, *how, *what, *folders], ASK_SECONDS)

    @property
    def given(self) -> Path | None:
        """The folder of what the authority gave, if it ever did."""
        folder = self.places.at(ACCOUNT) / "live" / NAME
        return folder if (folder / CHAIN).exists() else None

    def serves(self, folder: Path) -> bool:
        """Whether nginx has surely taken over the pair of a folder."""
        return self.is_settled and (folder / CHAIN).read_bytes() == self.chain.read_bytes()

    @property
    def is_settled(self) -> bool:
        """No pair of before is kept: that is removed after nginx has taken over the next."""
        return len(list((self.places.at(CERTIFICATES) / "pairs").iterdir())) == 1

    def tidy_up(self) -> None:
        """Remove all pairs but the one that is served."""
        kept = self.chain.resolve().parent
        for each in kept.parent.iterdir():
            if each != kept:
                shutil.rmtree(each)

    def ends_within(self, days: int) -> bool:
        """Whether what is served ends in less than so many days."""
        words = ["x509", "-in", str(self.chain), "-noout", "-checkend", str(days * DAY)]
        return outcome(["openssl", *words], LOOK_SECONDS)[0] != 0


def renew(certificates: Certificates, edge: Edge, say: Callable[[str], None]) -> None:
    """Ask, hand over what is new, and watch the end.

    Raises `MachineError` where the authority refused, nginx did, or the end is near: the unit
    that runs this is then seen as failed.
    """
    if not certificates.release.acme:
        with _alone(certificates):
            _renew_own(certificates, edge, say)
        return
    refused: MachineError | None = None
    try:
        certificates.ask()
    except MachineError as error:
        refused = error
    given = certificates.given
    with _alone(certificates):
        if given and not certificates.serves(given):
            hand_over(certificates, edge, given)
            say(f"certificate of {certificates.release.domain} handed to nginx")
    if refused:
        raise refused
    if certificates.ends_within(LEAST_DAYS):
        raise MachineError(
            f"the certificate of {certificates.release.domain} ends in less than {LEAST_DAYS} "
            f"days and certbot does not renew it: read {certificates.places.at(CERTBOT_LOGS)}"
        )
    say(f"certificate of {certificates.release.domain} is good for {LEAST_DAYS} days and more")


def _alone(certificates: Certificates) -> AbstractContextManager[None]:
    """Not held while the authority is asked, which takes minutes at times."""
    return alone(certificates.places, HAND_OVER, WAIT_SECONDS)


def _renew_own(certificates: Certificates, edge: Edge, say: Callable[[str], None]) -> None:
    """Behind a balancer, which ends TLS for the outside and asks no authority about this one."""
    if certificates.is_settled and not certificates.ends_within(SELF_MADE_AGAIN_DAYS):
        return
    certificates.make_own()
    nginx = edge.container()
    if nginx:
        edge.take_over(nginx)
    certificates.tidy_up()
    say("another certificate of the machine's own")


def hand_over(certificates: Certificates, edge: Edge, folder: Path) -> None:
    """Take a pair and have nginx reload it, without a lost request; back where nginx refuses."""
    before = certificates.take(folder)
    serving = edge.serving()
    nginx = edge.container()
    try:
        if nginx and serving.configuration:
            edge.check(serving, nginx)
            edge.take_over(nginx)
    except ExchangeError:
        if before:
            point(certificates.places.at(CERTIFICATES) / "serving", before)
        raise
    certificates.tidy_up()


def main(folder: Path) -> int:
    """What `gacp-certificate.service` runs; exit code 0 or 1."""
    places = Places.of()
    release = read_release(folder)
    edge = Edge(Engine(folder, release), release.edge, places)
    certificates = Certificates(places, release)

    def say(text: str) -> None:
        sys.stdout.write(f"certificate: {text}\n")

    try:
        renew(certificates, edge, say)
    except MachineError as error:
        sys.stderr.write(f"certificate: {error}\n")
        return 1
    return 0
