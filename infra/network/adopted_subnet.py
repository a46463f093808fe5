"""One subnet of an adopted VPC, written down."""

from __future__ import annotations

import pulumi

from infra.network.adopted_facts import FoundSubnet


class AdoptedSubnet(pulumi.ComponentResource):
    """What was found of one adopted subnet, so that it stands in the state and controls read it.

    Children: none. Its inputs have the names of `ec2.Subnet`'s, and the internet gateway that its
    routes lead to (empty: none does).
    """

    def __init__(
        self, name: str, found: FoundSubnet, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        facts: dict[str, pulumi.Input[object]] = {
            "identifier": found.id,
            "vpcId": found.vpc_id,
            "availabilityZone": found.zone,
            "cidrBlock": found.cidr,
            "mapPublicIpOnLaunch": found.gives_addresses,
            "internetGateway": found.internet_gateway,
        }
        super().__init__("gacp:network:AdoptedSubnet", name, facts, opts)
        self.register_outputs(facts)
