"""The connection to the AWS API on loopback: clients with deadlines, and errors in the provider's
words.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.local.aws.realising import MARK, RealError
from infra.local.aws.spec import AwsError

CONNECT_SECONDS = 5
READ_SECONDS = 60  # the first request to a service there loads it
ATTEMPTS = 3
_GONE = ("NotFound", "NoSuch", "404", "NotExist", "ResourceNotFoundException", "Malformed")


class Api:
    """Clients by service and region, safe for threads. `real` gives the id by which this API knows
    a recorded id.
    """

    def __init__(self, url: str, real: Callable[[str], str]) -> None:
        self._url = url
        self.real = real
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()
        # Dummy keys, given here: nothing of the user's own AWS configuration is ever used.
        keys: dict[str, Any] = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
        self._session = boto3.Session(**keys)

    def client(self, service: str, region: str) -> Any:
        with self._lock:
            if (service, region) not in self._clients:
                config = Config(
                    connect_timeout=CONNECT_SECONDS,
                    read_timeout=READ_SECONDS,
                    retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
                    s3={"addressing_style": "path"},
                )
                self._clients[service, region] = self._session.client(
                    service, region_name=region, endpoint_url=self._url, config=config
                )
            return self._clients[service, region]

    def there(self, ask: Callable[[], Any]) -> bool:
        """Whether what `ask` asks about exists: an answer that is not empty, and no error that says
        it is gone.
        """
        with answered(self._url):
            try:
                return bool(ask())
            except ClientError as error:
                if _is_gone(error):
                    return False
                raise

    def away(self, remove: Callable[[], Any]) -> None:
        """Remove; what is gone already is no error."""
        with answered(self._url):
            try:
                remove()
            except ClientError as error:
                if not _is_gone(error):
                    raise

    @contextmanager
    def adopting(self, *codes: str) -> Generator[None]:
        """Make something of a fixed name: one that is there already (its record was lost) is taken
        as it is.
        """
        with answered(self._url):
            try:
                yield
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") not in codes:
                    raise

    @contextmanager
    def asking(self) -> Generator[None]:
        with answered(self._url):
            yield

    def put_mark(self, region: str, mark: str) -> None:
        with answered(self._url):
            options = [{"Key": "domain-name", "Values": ["local.invalid"]}]
            made = self.client("ec2", region).create_dhcp_options(DhcpConfigurations=options)
            identity = made["DhcpOptions"]["DhcpOptionsId"]
            tags = [{"Key": MARK, "Value": mark}]
            self.client("ec2", region).create_tags(Resources=[identity], Tags=tags)


@contextmanager
def answered(url: str) -> Generator[None]:
    """Errors of the API as ours: a refusal keeps its code, a silence says how the service is
    started.
    """
    try:
        yield
    except ClientError as error:
        found = error.response.get("Error", {})
        code, message = str(found.get("Code", "InternalError")), str(found.get("Message", error))
        raise AwsError(code, f"{message} (said by the AWS API at {url})", state=True) from error
    except BotoCoreError as error:
        raise RealError(
            f"the AWS API at {url} does not answer ({type(error).__name__}); `make up` starts it,"
            " and its log is .local/log/aws-api.log"
        ) from error


def _is_gone(error: ClientError) -> bool:
    code = str(error.response.get("Error", {}).get("Code"))
    return any(word in code for word in _GONE)


def tag_list(
    tags: dict[str, str] | None, key: str = "Key", value: str = "Value"
) -> list[dict[str, str]]:
    return [{key: name, value: text} for name, text in sorted((tags or {}).items())]
