"""Write `regions.json` anew from the installed cfn-lint: `python -m infra.regions.freeze`.

After an upgrade of `cfn-lint`; a test compares the file with the package.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.regions.table import FILE, Service

# cfn-lint ships, for each region, the classes that the service's price list names there …
CLASS_LISTS = {
    "ec2": "aws_ec2_instance/instancetype_enum.json",
    "docdb": "aws_docdb_dbinstance/dbinstanceclass_enum.json",
    "elasticache": "aws_elasticache_cachecluster/cachenodetype_enum.json",
}
# … and the types that CloudFormation has there: a service is where its main type is.
SERVICE_TYPES = {
    Service.EKS: "AWS::EKS::Cluster",
    Service.DOCUMENTDB: "AWS::DocDB::DBCluster",
    Service.ELASTICACHE: "AWS::ElastiCache::ReplicationGroup",
    Service.BACKUP: "AWS::Backup::BackupVault",
    Service.RESTORE_TESTING: "AWS::Backup::RestoreTestingPlan",
    Service.WAF: "AWS::WAFv2::WebACL",
}


def frozen_regions() -> dict[str, Any]:
    """Source, sizes (service → {family: sizes}), regions (region → service → families), services.

    A family that a region has only in part is written out as `family!size,size`.
    """
    import cfnlint
    from cfnlint.version import __version__

    schemas = Path(cfnlint.__file__).parent / "data/schemas"
    sizes: dict[str, dict[str, list[str]]] = {}
    regions: dict[str, dict[str, list[str]]] = {}
    for service, file in CLASS_LISTS.items():
        listed: dict[str, Any] = json.loads((schemas / "extensions" / file).read_text("utf-8"))
        by_region = {
            region: _families(entry["enum"])
            for region, entry in listed.items()
            if region != "all" and isinstance(entry, dict) and "enum" in entry
        }
        union: dict[str, set[str]] = {}
        for families in by_region.values():
            for family, members in families.items():
                union.setdefault(family, set()).update(members)
        sizes[service] = {family: sorted(members) for family, members in sorted(union.items())}
        for region, families in by_region.items():
            regions.setdefault(region, {})[service] = [
                family if members == union[family] else f"{family}!{','.join(sorted(members))}"
                for family, members in sorted(families.items())
            ]
    return {
        "source": f"cfn-lint {__version__}",
        "sizes": sizes,
        "regions": dict(sorted(regions.items())),
        "services": {region: _services(schemas, region) for region in sorted(regions)},
    }


def _families(classes: Iterable[str]) -> dict[str, set[str]]:
    families: dict[str, set[str]] = {}
    for name in classes:
        family, _, size = name.rpartition(".")
        families.setdefault(family, set()).add(size)
    return families


def _services(schemas: Path, region: str) -> list[str]:
    file = schemas / "providers" / f"{region}.json"
    types: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return [service.name for service, name in SERVICE_TYPES.items() if name in types]


def written(value: Any) -> str:
    """The text of a frozen file: one type or region a line, so that an upgrade is readable as a
    difference.
    """
    lines: list[str] = []
    for key, part in value.items():
        if not isinstance(part, dict):
            lines.append(f"{json.dumps(key)}: {json.dumps(part)}")
            continue
        rows = [
            f"  {json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in part.items()
        ]
        lines.append(f"{json.dumps(key)}: {{\n" + ",\n".join(rows) + "\n}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    today = datetime.now(UTC).date().isoformat()
    FILE.write_text(written({"asOf": today, **frozen_regions()}), "utf-8")
