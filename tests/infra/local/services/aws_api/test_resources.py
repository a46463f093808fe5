"""Resources are the same after a kill, for every service that the platform's stack uses."""

import pytest

pytestmark = pytest.mark.services

POLICY = '{"Version": "2012-10-17", "Statement": []}'


def without_metadata(answer: dict) -> dict:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def make_resources(server) -> None:
    """One resource of each service that the platform's stack uses, and some that it may."""
    call = server.client
    topic = call("sns").create_topic(Name="alerts")["TopicArn"]
    queue = call("sqs").create_queue(QueueName="work")["QueueUrl"]
    arn = call("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    call("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"])
    call("sns").publish(TopicArn=topic, Message="delivered")
    call("iam").create_role(RoleName="app", AssumeRolePolicyDocument=POLICY)
    call("iam").create_instance_profile(InstanceProfileName="host")
    vpc = call("ec2").create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    call("ec2").create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")
    group = call("ec2").create_security_group(GroupName="web", Description="d", VpcId=vpc)
    call("ec2").authorize_security_group_ingress(
        GroupId=group["GroupId"], IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="10.0.0.0/8"
    )
    call("ec2").allocate_address(Domain="vpc")
    call("ecr").create_repository(repositoryName="certification")
    call("logs").create_log_group(logGroupName="/gacp/app")
    call("route53").create_hosted_zone(Name="gacp.example", CallerReference="1")
    call("acm").request_certificate(DomainName="gacp.example")
    call("cloudwatch").put_metric_alarm(
        AlarmName="a", ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1, Threshold=1
    )
    call("ssm").put_parameter(Name="/gacp/image", Value="ami", Type="String")
    call("dynamodb").create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    call("eks").create_cluster(
        name="c", roleArn="arn:aws:iam::123456789012:role/app", resourcesVpcConfig={}
    )
    call("events").put_rule(Name="r", ScheduleExpression="rate(1 day)")
    call("sts").get_caller_identity()


READINGS = (
    ("sns", "list_topics"),
    ("sns", "list_subscriptions"),
    ("iam", "list_roles"),
    ("iam", "list_instance_profiles"),
    ("ec2", "describe_vpcs"),
    ("ec2", "describe_subnets"),
    ("ec2", "describe_security_groups"),
    ("ec2", "describe_addresses"),
    ("ec2", "describe_route_tables"),
    ("ecr", "describe_repositories"),
    ("logs", "describe_log_groups"),
    ("route53", "list_hosted_zones"),
    ("acm", "list_certificates"),
    ("cloudwatch", "describe_alarms"),
    ("ssm", "describe_parameters"),
    ("dynamodb", "list_tables"),
    ("eks", "list_clusters"),
    ("events", "list_rules"),
)


def test_resources_of_every_service_in_use_are_the_same_after_a_kill(start, tmp_path):
    server = start(tmp_path / "data").wait_ready()
    make_resources(server)
    before = {
        reading: without_metadata(getattr(server.client(reading[0]), reading[1])())
        for reading in READINGS
    }
    server.kill()
    again = start(tmp_path / "data").wait_ready()
    for reading, answer in before.items():
        assert without_metadata(getattr(again.client(reading[0]), reading[1])()) == answer, reading
    sqs = again.client("sqs")
    queue = sqs.get_queue_url(QueueName="work")["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert "delivered" in message["Body"]
    assert again.client("sts").get_caller_identity()["Account"] == "123456789012"
