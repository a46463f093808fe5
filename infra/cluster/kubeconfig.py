"""The file that kubectl reads. Its credentials are short-lived tokens of `gacp kube-token`."""

from __future__ import annotations

import json


def kubeconfig(name: str, endpoint: str, authority: str, region: str) -> str:
    """JSON, which is YAML too. `authority` is the certificate in base64.

    https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
    """
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": name,
                    "cluster": {"server": endpoint, "certificate-authority-data": authority},
                }
            ],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
            "users": [
                {
                    "name": name,
                    "user": {
                        "exec": {
                            "apiVersion": "client.authentication.k8s.io/v1",
                            "command": "gacp",
                            "args": ["kube-token", name, "--region", region],
                            "interactiveMode": "Never",
                            "provideClusterInfo": False,
                        }
                    },
                }
            ],
        },
        indent=1,
    )
