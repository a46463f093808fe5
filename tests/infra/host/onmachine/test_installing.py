import hashlib

import pytest

from infra.host.bundle import bundle_files
from infra.host.onmachine.errors import MachineError
from infra.host.onmachine.installing import SUMS, installed
from infra.host.onmachine.places import Places
from tests.support.machine import bundle_args


@pytest.fixture
def bundle(tmp_path):
    folder = tmp_path / "home" / "gacp"
    for name, text in bundle_files(bundle_args()).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def places(tmp_path):
    return Places(tmp_path / "root")


def test_a_bundle_is_copied_to_where_its_content_names_it(bundle, places):
    release = installed(places, bundle, only_look=False)
    digest = hashlib.sha256((bundle / SUMS).read_bytes()).hexdigest()
    assert release == places.root / "opt/gacp/releases" / digest
    assert (release / "set-up").stat().st_mode & 0o777 == 0o755
    assert (release / "compose.yaml").stat().st_mode & 0o777 == 0o644
    assert installed(places, bundle, only_look=False) == release
    assert installed(places, release, only_look=False) == release


def test_what_a_person_put_beside_it_stays_where_it_is(bundle, places):
    (bundle / "gacp.env").write_text("AWS_SECRET_ACCESS_KEY=x")
    assert not (installed(places, bundle, only_look=False) / "gacp.env").exists()


def test_a_look_copies_nothing(bundle, places):
    assert installed(places, bundle, only_look=True) == bundle
    assert not places.root.exists()


def test_a_file_that_was_changed_is_named_and_nothing_is_left(bundle, places):
    (bundle / "app.env").write_text("LOG_LEVEL=debug\n")
    with pytest.raises(MachineError, match=r"app.env is not what the bundle had"):
        installed(places, bundle, only_look=False)
    (bundle / SUMS).unlink()
    with pytest.raises(MachineError, match="is no unpacked bundle"):
        installed(places, bundle, only_look=False)
    assert list((places.root / "opt/gacp").glob("releases/[!.]*")) == []
