"""Resources really made on the AWS API on loopback, beside their record.

With an `aws` endpoint, what the application and the scripts touch exists there too: made when the
resource is made, brought to its settings after every change, made again when that API forgot it (it
may keep only contents over a restart). Ids of the record never change: where a remade resource has
another id there, a link is kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

from infra.local.aws.codec import Properties
from infra.local.aws.endpoints import Endpoint, Endpoints
from infra.local.aws.making import Making
from infra.local.aws.store import Record, Store

MARK = "gacp-local-world"
MARK_REGION = "gacp-local-world-region"
MARK_SECONDS = 60.0  # the first request to EC2 there loads its lists of instance types


class RealError(Exception):
    """The AWS API on loopback cannot be reached; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Realiser:
    """How a type is made for real.

    `make` creates the resource (or adopts one of its name) and returns facts: `id` where that API
    gives ids, and outputs. `settle` puts what can change. `present` says whether it is there;
    `remove` takes it away.
    """

    make: Callable[[Any, Making], Properties]
    present: Callable[[Any, Making], bool]
    remove: Callable[[Any, Making], None] | None = None
    settle: Callable[[Any, Making], None] | None = None


class Realisers:
    """The realisers of the types, and the one connection that they share. Idle without an `aws`
    endpoint.
    """

    def __init__(self, store: Store, endpoints: Endpoints) -> None:
        self._store = store
        self._endpoint = endpoints.get("aws")
        self._found: tuple[Any, Mapping[str, Realiser], Mapping[str, Any]] | None = None

    def make(self, making: Making) -> Properties:
        """Facts of the new resource; empty where it is only recorded."""
        api, realiser = self._of(making)
        if realiser and self._store.fact(MARK) is None:
            self._mark(api, making.region)  # from the first one on, what is gone was taken away
        return realiser.make(api, making) if realiser else {}

    def settle(self, making: Making) -> None:
        api, realiser = self._of(making)
        if realiser and realiser.settle:
            realiser.settle(api, making)

    def remove(self, making: Making) -> None:
        api, realiser = self._of(making)
        if realiser and realiser.remove:
            realiser.remove(api, making)

    def restore(self, making: Making) -> None:
        """Make the resource again if that API forgot it."""
        api, realiser = self._of(making)
        if realiser is None or realiser.present(api, making):
            return
        outputs = making.outputs
        facts = realiser.make(api, making)
        for name, real in facts.items():
            recorded = making.id if name == "id" else outputs.get(name)
            if isinstance(recorded, str) and isinstance(real, str) and recorded != real:
                self._store.link(recorded, real)
        if realiser.settle:
            realiser.settle(api, making)

    def seen(self, making: Making) -> Properties | None:
        """Inputs as that API has them now, of those that it holds; None where somebody took the
        resource away. An API that was started anew since it was last asked has forgotten, and
        knows nothing of anybody.
        """
        api, realiser = self._of(making)
        if realiser is None or self._endpoint is None:
            return {}
        found = self._load()[2][making.token](api, making)
        if found is None and not self._remembers(self._endpoint, making.region):
            self.restore(making)
            return {}
        return found

    def _remembers(self, endpoint: Endpoint, otherwise: str) -> bool:
        mark = self._store.fact(MARK)
        region = self._store.fact(MARK_REGION) or otherwise
        return mark is not None and has_mark(endpoint, region, mark)

    def _mark(self, api: Any, region: str) -> None:
        mark = self._store.fact(MARK) or secrets.token_hex(8)
        self._store.set_fact(MARK, mark)
        self._store.set_fact(MARK_REGION, region)
        api.put_mark(region, mark)

    def restore_all(self, making_of: Callable[[Record], Making]) -> None:
        """Make again what that API forgot, in the order in which it was made first.

        A mark in the API says whether it is the same one as last time; it is looked for first, so
        that a command that finds everything in place pays one request.
        """
        records = self._store.all() if self._endpoint else []
        if not records:
            return
        region = making_of(records[0]).region
        if self._endpoint and self._remembers(self._endpoint, region):
            return
        api, *_ = self._load()
        with self._store.alone():
            for record in records:
                self.restore(making_of(record))
            self._mark(api, region)

    def _of(self, making: Making) -> tuple[Any, Realiser | None]:
        if self._endpoint is None:
            return None, None
        api, realisers, _ = self._load()
        return api, realisers.get(making.token)

    def _load(self) -> tuple[Any, Mapping[str, Realiser], Mapping[str, Any]]:
        if self._found is None:
            # boto3 takes a third of a second to import: only where there is an API to talk to.
            from infra.local.aws.real.api import Api
            from infra.local.aws.real.table import REALISERS, SEEN

            if self._endpoint is None:
                raise RealError("there is no `aws` service in GACP_LOCAL_ENDPOINTS")
            self._found = Api(self._endpoint.url, self._store.real), REALISERS, SEEN
        return self._found


def has_mark(endpoint: Endpoint, region: str, mark: str) -> bool:
    """Whether this API is the one that was marked: it forgets networks first, so the mark is one.

    Asked without boto3, whose model of EC2 takes a second to load; every command pays this request.
    """
    asked = urlencode(
        {
            "Action": "DescribeDhcpOptions",
            "Version": "2016-11-15",
            "Filter.1.Name": f"tag:{MARK}",
            "Filter.1.Value.1": mark,
        }
    )
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": f"AWS4-HMAC-SHA256 Credential=local/20260101/{region}/ec2/aws4_request",
    }
    connection = HTTPConnection(endpoint.host, endpoint.port, timeout=MARK_SECONDS)
    try:
        connection.request("POST", "/", asked, headers)
        answer = connection.getresponse()
        return answer.status == HTTPStatus.OK and mark.encode() in answer.read()
    except (OSError, HTTPException) as error:
        raise RealError(
            f"the AWS API at {endpoint.url} does not answer ({error}); `make up` starts it, its "
            "log is .local/log/aws-api.log"
        ) from error
    finally:
        connection.close()
