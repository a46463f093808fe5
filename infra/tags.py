"""Tags that every resource carries, where AWS lets it carry any."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

REQUIRED = ("env", "owner", "cost-centre", "data-class", "managed-by", "Name")


class DataClass(StrEnum):
    """The worst that a resource holds. It says nothing about who may read it."""

    NONE = "none"  # holds nothing: networks, roles
    INTERNAL = "internal"  # logs and images: nobody's personal data by design
    PERSONAL = "personal"  # applications, documents, backups (PDPA applies)
    SECRET = "secret"  # noqa: S105 - a class of data, not a password


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of one stack."""

    environment: str
    owner: str
    cost_centre: str

    def of(self, name: str, data_class: DataClass = DataClass.NONE) -> dict[str, str]:
        """All required tags of a resource whose name people see is `name`."""
        return {
            "Name": name,
            "env": self.environment,
            "owner": self.owner,
            "cost-centre": self.cost_centre,
            "data-class": str(data_class),
            "managed-by": "pulumi",
        }
