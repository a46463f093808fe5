import json

from infra.cluster.kubeconfig import kubeconfig


def test_the_file_holds_a_command_that_gets_a_token_and_no_credential():
    text = kubeconfig("gacp-prod-cluster", "https://api.example", "Q0E=", "ap-southeast-1")
    content = json.loads(text)
    (user,) = content["users"]
    assert set(user["user"]) == {"exec"}
    assert user["user"]["exec"]["command"] == "gacp"
    assert user["user"]["exec"]["args"] == [
        "kube-token",
        "gacp-prod-cluster",
        "--region",
        "ap-southeast-1",
    ]
    (cluster,) = content["clusters"]
    assert cluster["cluster"] == {
        "server": "https://api.example",
        "certificate-authority-data": "Q0E=",
    }
    assert content["current-context"] == content["contexts"][0]["name"]
