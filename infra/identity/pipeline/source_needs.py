"""Data sources: what the program asks of AWS without registering it (pure table)."""

from __future__ import annotations

from infra.identity.pipeline.needs import needs

TYPES = {
    "aws:ec2/getVpc:getVpc": needs(
        "ec2", read="DescribeVpcs DescribeVpcAttribute DescribeRouteTables"
    ),
    "aws:ec2/getSubnet:getSubnet": needs("ec2", read="DescribeSubnets"),
    "aws:ec2/getRouteTables:getRouteTables": needs("ec2", read="DescribeRouteTables"),
    "aws:ec2/getRouteTable:getRouteTable": needs("ec2", read="DescribeRouteTables"),
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": needs(
        "ec2", read="DescribeManagedPrefixLists GetManagedPrefixListEntries"
    ),
}
