import pytest

from app.core.database_uri import uri_faults

ATLAS = "mongodb+srv://gacp:hunter2@cluster0.ab1cd.mongodb.net/?retryWrites=true&w=majority"


@pytest.mark.parametrize(
    "uri",
    [
        ATLAS,
        "mongodb+srv://gacp:p%40ss%2Fword@cluster0.ab1cd.mongodb.net",
        "mongodb://gacp:hunter2@a.example:27017,b.example:27018/gacp?replicaSet=rs1&tls=true",
    ],
)
def test_a_connection_string_as_atlas_shows_it_may_be_used(uri):
    assert uri_faults(uri, tls=True) == []


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("cluster0.ab1cd.mongodb.net", "must begin with mongodb:// or mongodb+srv://"),
        ("postgres://gacp:hunter2@a", "must begin with mongodb:// or mongodb+srv://"),
        (ATLAS.replace("hunter2", "<db_password>"), "still holds a placeholder"),
        (ATLAS.replace("hunter2", "hunter2@hunter2/"), "percent-encoded"),
        (ATLAS.replace("gacp:hunter2@", ""), "must hold a user and a password"),
        (ATLAS.replace(":hunter2", ""), "must hold a user and a password"),
        (ATLAS.replace("mongodb.net", "mongodb.net:27018"), "one host without a port"),
        (ATLAS.replace("mongodb.net", "mongodb.net,other"), "one host without a port"),
        (ATLAS.replace("retryWrites=true", "tls=false"), "must be without tls=false"),
        (ATLAS.replace("retryWrites=true", "ssl=false"), "must be without tls=false"),
        (ATLAS.replace("retryWrites=true", "tlsInsecure=true"), "must be without tlsinsecure"),
        (
            ATLAS.replace("retryWrites=true", "tlsAllowInvalidCertificates=true"),
            "without tlsallowinvalidcertificates",
        ),
        (
            ATLAS.replace("retryWrites=true", "tlsAllowInvalidHostnames=true"),
            "must be without tlsallowinvalidhostnames",
        ),
    ],
)
def test_one_that_may_not_is_refused_and_never_quoted(uri, says):
    (fault,) = uri_faults(uri, tls=True)
    assert says in fault
    assert "hunter2" not in fault


def test_a_laptop_may_do_without_tls_and_without_a_user():
    assert uri_faults("mongodb://127.0.0.1:27117/?tls=false", tls=False) == []
