"""`gacp kube-token`: a token for a cluster's API, signed with your AWS credentials."""

from __future__ import annotations

import argparse
import base64
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from scripts.lib.command import CommandError, ExitCode, Subparsers

EXAMPLE = """examples:
  gacp kube-token gacp-prod-cluster --region ap-southeast-1          for kubectl, as JSON
  gacp kube-token gacp-prod-cluster --json                           the same: it prints JSON always

The stack's kubeconfig calls it:
  pulumi stack output kubeconfig --show-secrets --stack prod > kubeconfig
  kubectl --kubeconfig kubeconfig get nodes
"""
# EKS takes a signature for 15 minutes; the client fetches a new token a minute before.
# https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
TOKEN_LIFE = timedelta(minutes=14)
URL_SECONDS = 60
PREFIX = "k8s-aws-v1."
CLUSTER_HEADER = "x-k8s-aws-id"


def register(subparsers: Subparsers) -> None:
    """Add `kube-token` to the words of `gacp`."""
    parser = subparsers.add_parser(
        "kube-token",
        help="a short-lived token for kubectl (kubeconfig)",
        description=__doc__,
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("cluster", help="the cluster's name (stack output clusterName)")
    parser.add_argument("--region", help="the cluster's region; else your AWS configuration's")
    parser.add_argument("--json", action="store_true", help="JSON, which it prints in any case")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Exit code 0 printed, 4 no AWS credentials. Nothing is asked of AWS: the token is signed."""
    credential = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {
            "token": token_of(_session(), args.cluster, args.region),
            "expirationTimestamp": (datetime.now(UTC) + TOKEN_LIFE).strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
    }
    sys.stdout.write(json.dumps(credential) + "\n")
    return ExitCode.DONE


def _session() -> Any:
    import boto3  # seconds to import: only who asks for a token pays

    return boto3.Session()


def token_of(session: Any, cluster: str, region: str | None) -> str:
    """`k8s-aws-v1.` and a signed `sts:GetCallerIdentity` that names the cluster.

    Raises `CommandError` where no region or no credentials are configured.
    """
    from botocore.signers import RequestSigner

    place = region or session.region_name
    if not place:
        raise CommandError("no region: add --region, or set AWS_REGION")
    credentials = session.get_credentials()
    if credentials is None:
        raise CommandError(
            "no AWS credentials: sign in (`aws sso login`) or name a profile (AWS_PROFILE)"
        )
    client = session.client("sts", region_name=place)
    signer = RequestSigner(
        client.meta.service_model.service_id, place, "sts", "v4", credentials, session.events
    )
    request: dict[str, Any] = {
        "method": "GET",
        "url": f"https://sts.{place}.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {CLUSTER_HEADER: cluster},
        "context": {},
    }
    url = signer.generate_presigned_url(
        request, region_name=place, expires_in=URL_SECONDS, operation_name=""
    )
    return PREFIX + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
