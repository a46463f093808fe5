"""Rules that the documentation has and the provider's schema has not (pure table).

Sources: the docstrings of the installed SDK (pulumi_aws 7.51.1, class and argument as named), or
the page of AWS that a rule names. `more` adds them to the rows; those of services are in
`documented_services.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.local.aws.catalogue import documented_services
from infra.local.aws.catalogue.tokens import (
    DOC_CLUSTER,
    EIP,
    EIP_LINK,
    ENDPOINT,
    INSTANCE,
    INTERFACE,
    LAUNCH_TEMPLATE,
    NAT,
)
from infra.local.aws.codec import Properties, at
from infra.local.aws.rules.basic import between, length, one_of, pattern
from infra.local.aws.rules.places import zone
from infra.local.aws.spec import Failure, Rule, Scope

_EC2 = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/{}.html"
_DEVICES = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html"
_ADDRESS = r"(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}"


def _sdk(name: str) -> str:
    return f"pulumi_aws 7.51.1 {name}: docstring"


def _address(path: str) -> Rule:
    return pattern(
        path, _ADDRESS, "an IPv4 address", _EC2.format("API_PrivateIpAddressSpecification")
    )


def _address6(path: str) -> Rule:
    return pattern(
        path,
        r"[0-9A-Fa-f:]*:[0-9A-Fa-f:]*",
        "an IPv6 address",
        _EC2.format("API_InstanceIpv6Address"),
    )


def _device(path: str) -> Rule:
    return pattern(
        path, r"(/dev/)?(sd|xvd|hd)[a-z]{1,2}\d{0,2}", "a device name such as /dev/sdf", _DEVICES
    )


def volume_options(path: str, kinds: str) -> Rule:
    """`iops` are for io1, io2 and gp3, `throughput` for gp3 alone."""

    def rule(inputs: Properties, _: Scope) -> Iterator[Failure]:
        for block in at(inputs, path):
            kind: Any = block.get("volumeType") if isinstance(block, dict) else None
            for name, kept in (("iops", ("io1", "io2", "gp3")), ("throughput", ("gp3",))):
                if isinstance(kind, str) and kind in _KINDS - set(kept) and block.get(name):
                    yield Failure(
                        path.split(".")[0].split("[")[0],
                        f"{path}.{name} is for {', '.join(kept)}, not for {kind} ({_sdk(kinds)})",
                    )

    return rule


_KINDS = frozenset({"gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"})


def _acl(side: str) -> tuple[Rule, ...]:
    entry = _EC2.format("API_CreateNetworkAclEntry")
    return (
        between(f"{side}[*].icmpType", -1, 255, "as type", entry),
        between(f"{side}[*].icmpCode", -1, 255, "as code", entry),
        pattern(
            f"{side}[*].protocol",
            r"-1|25[0-5]|2[0-4]\d|1?\d?\d|(?i:all|tcp|udp|icmp|icmpv6|[a-z][a-z0-9-]{1,15})",
            "a protocol's number, -1 or name",
            entry,
        ),
    )


def _described(side: str) -> tuple[Rule, ...]:
    source = _EC2.format("API_IpRange")
    return (
        length(f"{side}[*].description", 0, 255, source),
        pattern(
            f"{side}[*].description",
            r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]*",
            "letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
            source,
        ),
    )


_TRACKING = _EC2.format("API_ConnectionTrackingSpecificationRequest")


MORE: Mapping[str, tuple[Rule, ...]] = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        between(
            "warmUpConfiguration.warmUpPeriodDurationInMinutes",
            *(1, 2880, "minutes"),
            _sdk("cloudwatch.MetricAlarmWarmUpConfigurationArgs"),
        ),
    ),
    DOC_CLUSTER: (zone("availabilityZones[*]"),),
    EIP: (_address("associateWithPrivateIp"), _address("address")),
    EIP_LINK: (_address("privateIpAddress"),),
    "aws:ec2/flowLog:FlowLog": (
        pattern(
            "logFormat",
            r"\s*\$\{[a-z0-9-]+\}(\s+\$\{[a-z0-9-]+\})*\s*",
            "fields such as ${interface-id} ${srcaddr}",
            _EC2.format("API_CreateFlowLogs"),
        ),
    ),
    INSTANCE: (
        _device("ebsBlockDevices[*].deviceName"),
        _device("ephemeralBlockDevices[*].deviceName"),
        pattern(
            "ephemeralBlockDevices[*].virtualName",
            r"ephemeral\d{1,2}",
            "ephemeral0 to 23",
            _DEVICES,
        ),
        volume_options("ebsBlockDevices[*]", "ec2.InstanceEbsBlockDeviceArgs"),
        volume_options("rootBlockDevice", "ec2.InstanceRootBlockDeviceArgs"),
        one_of("cpuOptions.threadsPerCore", (1, 2), _EC2.format("API_CpuOptionsRequest")),
        one_of(
            "instanceInitiatedShutdownBehavior",
            ("stop", "terminate"),
            _EC2.format("API_RunInstances"),
        ),
        between("placementPartitionNumber", 1, 7, "as partition", _EC2.format("API_Placement")),
    ),
    LAUNCH_TEMPLATE: (
        _device("blockDeviceMappings[*].deviceName"),
        volume_options("blockDeviceMappings[*].ebs", "ec2.LaunchTemplateBlockDeviceMappingEbsArgs"),
        one_of("cpuOptions.threadsPerCore", (1, 2), _EC2.format("API_CpuOptionsRequest")),
        between("placement.partitionNumber", 1, 7, "as partition", _EC2.format("API_Placement")),
        zone("placement.availabilityZone"),
    ),
    NAT: (
        _address("secondaryPrivateIpAddresses[*]"),
        zone("availabilityZoneAddresses[*].availabilityZone"),
    ),
    "aws:ec2/networkAcl:NetworkAcl": (*_acl("ingress"), *_acl("egress")),
    INTERFACE: (
        _address("privateIpLists[*]"),
        _address6("ipv6AddressLists[*]"),
        between(
            "connectionTrackingSpecification.tcpEstablishedTimeout", 60, 432000, "s", _TRACKING
        ),
        between("connectionTrackingSpecification.udpStreamTimeout", 60, 180, "s", _TRACKING),
        between("connectionTrackingSpecification.udpTimeout", 30, 60, "s", _TRACKING),
    ),
    "aws:ec2/securityGroup:SecurityGroup": (*_described("ingress"), *_described("egress")),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": (
        *_described("ingress"),
        *_described("egress"),
    ),
    ENDPOINT: (_address("subnetConfigurations[*].ipv4"), _address6("subnetConfigurations[*].ipv6")),
}


def more(token: str) -> tuple[Rule, ...]:
    """What a type's row gets of these rules."""
    return MORE.get(token, ()) + documented_services.MORE.get(token, ())
