"""Profiles: what the requirements say of them, and what they refuse."""

import pytest

from loadtests.thresholds import PROFILES, ProfileError, profile_named

EDGE_LIMIT = 100  # requests a second of one address (requirements I7)


def test_smoke_is_twenty_users_for_a_minute_below_200_ms_without_errors():
    smoke = PROFILES["smoke"]
    assert (smoke.users, smoke.seconds) == (20, 60)
    assert (smoke.limits.p95_ms, smoke.limits.errors) == (200, 0)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_no_profile_runs_into_the_edge_s_limit(profile):
    assert profile.target_rate <= EDGE_LIMIT / 2


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_six_endpoints_at_the_least_are_asked(profile):
    assert len(profile.endpoints) >= 6


def test_a_shorter_run_wants_fewer_samples_but_never_none():
    smoke = PROFILES["smoke"]
    assert smoke.shortened(None, 30).least_samples == 5
    assert smoke.shortened(2, 1).least_samples == 1
    assert smoke.shortened(2, None).target_rate == 2


@pytest.mark.parametrize(("users", "seconds"), [(0, None), (-1, None), (None, 0), (None, -5)])
def test_a_run_of_nothing_is_refused(users, seconds):
    with pytest.raises(ProfileError, match="more than 0"):
        PROFILES["smoke"].shortened(users, seconds)


def test_an_unknown_profile_names_the_known_ones():
    with pytest.raises(ProfileError, match=r"'soke'.*smoke"):
        profile_named("soke")
