"""The table of Kubernetes versions."""

from infra.cluster.support import SUPPORT
from infra.cluster.versions import BEFORE_NODES, KUBE_PROXY, ON_NODES, VERSIONS


def test_every_version_has_every_addon_pinned():
    for version in VERSIONS.values():
        assert set(version.addons) == {*BEFORE_NODES, *ON_NODES}
        assert all("-eksbuild." in pinned for pinned in version.addons.values())


def test_kube_proxy_is_of_the_clusters_own_minor_version():
    for name, version in VERSIONS.items():
        assert version.addons[KUBE_PROXY].startswith(f"v{name}.")


def test_every_version_has_known_ends_and_extended_support_ends_later():
    assert set(VERSIONS) <= set(SUPPORT)
    assert all(support.standard < support.extended for support in SUPPORT.values())
