import pytest

from infra.local.services.layout import LONGEST_SOCKET_PATH, Layout


def test_the_root_is_the_checkouts_own_unless_a_variable_names_another(tmp_path):
    own = Layout.from_environment({}, tmp_path)
    other = Layout.from_environment({"GACP_LOCAL_DIR": str(tmp_path / "second")}, tmp_path)
    assert own.local == tmp_path / ".local"
    assert other.run == tmp_path / "second" / "run"


def test_platforms_of_one_checkout_share_tools_and_environment(tmp_path):
    other = Layout.from_environment({"GACP_LOCAL_DIR": str(tmp_path / "second")}, tmp_path)
    assert other.tools == tmp_path / ".local" / "tools"
    assert other.python == tmp_path / ".local" / "venv" / "bin" / "python"


def test_secrets_are_readable_by_their_owner_alone(tmp_path):
    layout = Layout.from_environment({}, tmp_path)
    layout.create()
    assert layout.secrets.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("depth", [1, 40])
def test_the_socket_fits_however_deep_the_checkout_lies(tmp_path, depth):
    layout = Layout.from_environment({}, tmp_path.joinpath(*["deep"] * depth))
    assert len(str(layout.supervisor_socket)) <= LONGEST_SOCKET_PATH


def test_two_deep_checkouts_have_two_sockets(tmp_path):
    deep = tmp_path.joinpath(*["deep"] * 40)
    one, two = (Layout.from_environment({}, deep / name) for name in ("one", "two"))
    assert one.supervisor_socket != two.supervisor_socket
