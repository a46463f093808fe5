import pytest

from infra.local.services import nginx
from infra.local.services.errors import MissingToolError
from infra.local.services.layout import Layout

CONFIGURATION = """
pid nginx.pid;
events {{ worker_connections 64; }}
http {{
  access_log off; client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp;
  uwsgi_temp_path temp; scgi_temp_path temp;
  server {{ listen 127.0.0.1:{port}; location / {{ {what}; }} }}
}}
"""


@pytest.fixture
def layout(tmp_path):
    layout = Layout.from_environment({"GACP_LOCAL_DIR": str(tmp_path)})
    (nginx.prefix(layout) / "logs").mkdir(parents=True)
    return layout


def tool(folder, name, script):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    return folder / name


def test_an_installed_one_is_taken(tmp_path):
    found = tool(tmp_path / "bin", "nginx", "exit 0")
    assert nginx.prepare(tmp_path, pytest.fail, path=str(tmp_path / "bin")) == str(found)


def test_without_debian_the_error_names_the_command_of_other_systems(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingToolError, match="brew install nginx"):
        nginx.prepare(tmp_path, lambda _: None, path=str(tmp_path))


def test_a_registry_that_does_not_answer_is_said_with_the_command_that_installs(
    tmp_path, monkeypatch
):
    tool(tmp_path / "bin", "apt-get", "echo 'E: Failed to fetch' >&2; exit 100")
    tool(tmp_path / "bin", "dpkg-deb", "exit 0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    with pytest.raises(MissingToolError, match=r"apt-get install .* nginx") as refusal:
        nginx.prepare(tmp_path, lambda _: None, path="/nowhere")
    assert "Failed to fetch" in str(refusal.value)


def test_an_unpacked_one_that_does_not_run_is_removed_and_said(tmp_path, monkeypatch):
    tool(tmp_path / "bin", "apt-get", "touch nginx.deb")
    tool(
        tmp_path / "bin",
        "dpkg-deb",
        'mkdir -p "$3/usr/sbin"; printf "#!/bin/sh\\necho libpcre2 is missing >&2; exit 127\\n"'
        ' > "$3/usr/sbin/nginx"; chmod +x "$3/usr/sbin/nginx"',
    )
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    with pytest.raises(MissingToolError, match="libpcre2 is missing"):
        nginx.prepare(tmp_path, lambda _: None, path="/nowhere")
    assert nginx.find(tmp_path, "/nowhere") is None


@pytest.mark.services
def test_its_own_judgement_of_a_configuration_is_asked(layout):
    binary = nginx.find(layout.tools)
    if binary is None:
        pytest.skip("nginx is not installed; `make up` unpacks it")
    file = nginx.prefix(layout) / nginx.CONFIGURATION
    file.write_text(CONFIGURATION.format(port=8080, what="return 200"))
    assert nginx.check(layout, binary) is None
    file.write_text(CONFIGURATION.format(port=8080, what="retrun 200"))
    assert "retrun" in nginx.check(layout, binary)


def test_another_configuration_is_another_revision(layout):
    file = nginx.prefix(layout) / nginx.CONFIGURATION
    file.write_text("one")
    one = nginx.program(layout, "/usr/sbin/nginx", 8080)
    file.write_text("two")
    assert nginx.program(layout, "/usr/sbin/nginx", 8080).revision != one.revision


def test_it_stops_when_its_requests_are_done(layout):
    (nginx.prefix(layout) / nginx.CONFIGURATION).write_text("")
    assert nginx.program(layout, "/usr/sbin/nginx", 8080).stop_signal == "QUIT"
