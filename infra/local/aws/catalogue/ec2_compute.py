"""Launch templates and instances (pure table).

Sources: `ec2_launch_template.go`, `ec2_instance.go` of hashicorp/terraform-provider-aws
`internal/service/ec2`, and CloudFormation's createOnlyProperties (cfn-lint 1.58.0).
"""

from __future__ import annotations

from infra.local.aws.catalogue import compute_rules
from infra.local.aws.catalogue.ec2_network import ARN, TF
from infra.local.aws.catalogue.net_rules import inside_subnet
from infra.local.aws.catalogue.tokens import (
    INSTANCE,
    INTERFACE,
    LAUNCH_TEMPLATE,
    PROFILE,
    SECURITY_GROUP,
    SUBNET,
)
from infra.local.aws.rules.basic import at_most_one, between, length, one_of, pattern
from infra.local.aws.rules.places import instance_class, zone
from infra.local.aws.spec import Autoname, Reference, TypeSpec, always

_TEMPLATE_DOC = (
    "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RequestLaunchTemplateData.html"
)
_USER_DATA_DOC = (
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html"
)
_AMI = r"ami-[0-9a-f]{8,17}|resolve:ssm:.+"
_METADATA = (
    one_of("metadataOptions.httpTokens", ("optional", "required"), _TEMPLATE_DOC),
    one_of("metadataOptions.httpEndpoint", ("enabled", "disabled"), _TEMPLATE_DOC),
    between("metadataOptions.httpPutResponseHopLimit", 1, 64, "hops", _TEMPLATE_DOC),
)

TYPES = (
    TypeSpec(
        LAUNCH_TEMPLATE,
        id="lt-{hex}",
        computed={
            "arn": ARN + "launch-template/{id}",
            "latestVersion": compute_rules.next_version,
            "defaultVersion": compute_rules.default_version,
        },
        live=("latestVersion", "defaultVersion"),
        autoname=Autoname(longest=125, unless=("namePrefix",)),
        unique=("name",),
        exists="InvalidLaunchTemplateName.AlreadyExistsException",
        rules=(
            at_most_one(
                ("name", "namePrefix"), TF.format("ec2_launch_template.go", "ConflictsWith")
            ),
            pattern(
                "name",
                r"[a-zA-Z0-9().\-/_]{3,128}",
                "3 to 128 letters, digits and ().-/_",
                _TEMPLATE_DOC,
            ),
            length("description", 0, 255, _TEMPLATE_DOC),
            pattern("imageId", _AMI, "an image is ami-…, or resolve:ssm:PARAMETER", _TEMPLATE_DOC),
            instance_class("instanceType", "ec2"),
            *_METADATA,
            compute_rules.user_data("userData", encoded=True, source=_USER_DATA_DOC),
            compute_rules.volume("blockDeviceMappings[*].ebs"),
            compute_rules.template_groups,
        ),
        references=(
            Reference(
                "iamInstanceProfile.arn",
                (PROFILE,),
                by=("arn",),
                code="InvalidParameterValue",
                holds=False,
            ),
            Reference(
                "iamInstanceProfile.name",
                (PROFILE,),
                by=("name",),
                code="InvalidParameterValue",
                holds=False,
            ),
            Reference(
                "vpcSecurityGroupIds[*]",
                (SECURITY_GROUP,),
                code="InvalidGroup.NotFound",
                holds=False,
            ),
            Reference(
                "networkInterfaces[*].securityGroups[*]",
                (SECURITY_GROUP,),
                code="InvalidGroup.NotFound",
                holds=False,
            ),
            Reference(
                "networkInterfaces[*].subnetId",
                (SUBNET,),
                code="InvalidSubnetID.NotFound",
                holds=False,
            ),
        ),
    ),
    TypeSpec(
        INSTANCE,
        id="i-{hex}",
        computed={
            "arn": ARN + "instance/{id}",
            "ami": compute_rules.from_template("imageId"),
            "instanceType": compute_rules.from_template("instanceType"),
            "instanceState": "running",
            "subnetId": compute_rules.subnet,
            "availabilityZone": compute_rules.zone_of_subnet,
            "privateIp": inside_subnet,
            "privateDns": compute_rules.private_name,
            "publicIp": compute_rules.public_ip,
            "publicDns": "",
            "primaryNetworkInterfaceId": "eni-{hex}",
            "vpcSecurityGroupIds": compute_rules.groups,
            "iamInstanceProfile": compute_rules.profile_of_template,
            "tenancy": "default",
            "monitoring": always(False),
            "ebsOptimized": always(False),
            "disableApiTermination": always(False),
            "disableApiStop": always(False),
            "instanceInitiatedShutdownBehavior": "stop",
            "rootBlockDevice": compute_rules.root_volume,
        },
        rules=(
            compute_rules.image_and_class,
            pattern("ami", _AMI, "an image is ami-…", _TEMPLATE_DOC),
            instance_class("instanceType", "ec2"),
            zone("availabilityZone"),
            *_METADATA,
            at_most_one(
                ("userData", "userDataBase64"), TF.format("ec2_instance.go", "ConflictsWith")
            ),
            compute_rules.user_data("userData", encoded=False, source=_USER_DATA_DOC),
            compute_rules.volume("rootBlockDevice"),
        ),
        references=(
            Reference("subnetId", (SUBNET,), code="InvalidSubnetID.NotFound"),
            Reference("vpcSecurityGroupIds[*]", (SECURITY_GROUP,), code="InvalidGroup.NotFound"),
            Reference(
                "iamInstanceProfile",
                (PROFILE,),
                by=("name", "arn"),
                code="InvalidParameterValue",
                holds=False,
            ),
            Reference(
                "launchTemplate.id",
                (LAUNCH_TEMPLATE,),
                code="InvalidLaunchTemplateId.NotFound",
                holds=False,
            ),
            Reference(
                "launchTemplate.name",
                (LAUNCH_TEMPLATE,),
                by=("name",),
                code="InvalidLaunchTemplateName.NotFoundException",
                holds=False,
            ),
        ),
        world=(compute_rules.groups_of_subnets_vpc,),
        keep=(compute_rules.not_protected,),
        brings={INTERFACE: "primaryNetworkInterfaceId"},
        in_use="IncorrectInstanceState",
    ),
)
