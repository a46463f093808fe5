"""One machine: image by filter, key pair, user data, a disk beside it, a fixed address."""

import base64
import textwrap

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
size = config.require("instanceType")

ami = aws.ec2.get_ami(
    most_recent=True,
    owners=["amazon"],
    filters=[
        {"name": "name", "values": ["al2023-ami-2023*-arm64"]},
        {"name": "architecture", "values": ["arm64"]},
        {"name": "virtualization-type", "values": ["hvm"]},
    ],
)
vpc = aws.ec2.Vpc("web", cidr_block="192.168.0.0/24", enable_dns_hostnames=True)
gateway = aws.ec2.InternetGateway("web", vpc_id=vpc.id)
zone = aws.get_availability_zones().names[0]
subnet = aws.ec2.Subnet("web", vpc_id=vpc.id, cidr_block="192.168.0.0/26", availability_zone=zone)
aws.ec2.Route(
    "out",
    route_table_id=vpc.main_route_table_id,
    destination_cidr_block="0.0.0.0/0",
    gateway_id=gateway.id,
)
firewall = aws.ec2.SecurityGroup(
    "web",
    vpc_id=vpc.id,
    description="HTTP in, everything out",
    ingress=[
        {
            "protocol": "tcp",
            "from_port": port,
            "to_port": port,
            "cidr_blocks": ["0.0.0.0/0"],
            "description": name,
        }
        for name, port in {"http": 80, "https": 443}.items()
    ],
    egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
)
key = aws.ec2.KeyPair(
    "operator",
    public_key="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIiw9W5mL3aH1Dq0fLQO3TqCkTt9f9bVQp8k3r2v0QyN",
)
role = aws.iam.Role(
    "web",
    assume_role_policy=aws.iam.get_policy_document(
        statements=[
            {
                "actions": ["sts:AssumeRole"],
                "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}],
            }
        ]
    ).json,
)
aws.iam.RolePolicyAttachment(
    "web", role=role.name, policy_arn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
)
script = textwrap.dedent(f"""\
    #!/bin/bash
    dnf install -y nginx
    echo '<h1>{config.require("greeting")}</h1>' > /usr/share/nginx/html/index.html
    systemctl enable --now nginx
    """)
server = aws.ec2.Instance(
    "web",
    ami=ami.id,
    instance_type=size,
    subnet_id=subnet.id,
    vpc_security_group_ids=[firewall.id],
    key_name=key.key_name,
    iam_instance_profile=aws.iam.InstanceProfile("web", role=role.name).name,
    user_data=script,
    user_data_replace_on_change=True,
    metadata_options={"http_tokens": "required", "http_put_response_hop_limit": 1},
    root_block_device={"volume_type": "gp3", "volume_size": 12, "encrypted": True},
    tags={"Name": "web"},
)
disk = aws.ebs.Volume("data", availability_zone=zone, size=20, type="gp3", encrypted=True)
aws.ec2.VolumeAttachment("data", device_name="/dev/sdf", volume_id=disk.id, instance_id=server.id)
address = aws.ec2.Eip("web", domain="vpc")
aws.ec2.EipAssociation("web", allocation_id=address.id, instance_id=server.id)

# The same machine for a group of them: launch templates take user data in base64.
template = aws.ec2.LaunchTemplate(
    "web",
    image_id=ami.id,
    instance_type=size,
    key_name=key.key_name,
    vpc_security_group_ids=[firewall.id],
    user_data=base64.b64encode(script.encode()).decode(),
)
pulumi.export("url", pulumi.Output.format("http://{0}/", address.public_ip))
pulumi.export("private", server.private_ip)
pulumi.export("templateVersion", template.latest_version)
