import pytest

from infra.config.choices import NatMode
from infra.network.plan import AddressPlanError, Tier, nat_zones, needed_tiers, plan_subnets

ZONES = ("ap-southeast-1a", "ap-southeast-1b", "ap-southeast-1c")


def cidrs(plan):
    return {subnet.slot: str(subnet.cidr) for subnet in plan}


def test_every_tier_has_a_subnet_in_every_zone():
    plan = plan_subnets("10.20.0.0/16", ZONES)
    assert sorted(cidrs(plan)) == sorted(f"{tier}-{letter}" for tier in Tier for letter in "abc")


@pytest.mark.parametrize("cidr", ["10.20.0.0/16", "172.16.0.0/17", "192.168.0.0/18"])
def test_no_two_subnets_overlap_and_all_lie_inside(cidr):
    letters = tuple(f"r-1{letter}" for letter in "abcdefgh")
    networks = [subnet.cidr for subnet in plan_subnets(cidr, letters)]
    assert len(networks) == 24
    assert not any(a.overlaps(b) for i, a in enumerate(networks) for b in networks[i + 1 :])
    assert all(str(network.supernet(new_prefix=int(cidr[-2:]))) == cidr for network in networks)


def test_adding_a_zone_moves_no_existing_subnet():
    two = cidrs(plan_subnets("10.20.0.0/16", ZONES[:2]))
    assert two.items() <= cidrs(plan_subnets("10.20.0.0/16", ZONES)).items()


def test_leaving_out_or_reordering_zones_moves_no_subnet():
    whole = cidrs(plan_subnets("10.20.0.0/16", ZONES))
    assert cidrs(plan_subnets("10.20.0.0/16", (ZONES[2], ZONES[0]))).items() <= whole.items()


def test_leaving_out_a_tier_moves_no_subnet():
    whole = cidrs(plan_subnets("10.20.0.0/16", ZONES))
    inner = cidrs(plan_subnets("10.20.0.0/16", ZONES, (Tier.PRIVATE, Tier.DATA)))
    assert inner.items() < whole.items()
    assert not any(slot.startswith("public") for slot in inner)


def test_a_pod_sized_subnet_comes_out_of_the_largest_range():
    subnet = plan_subnets("10.20.0.0/16", ZONES)[0]
    assert subnet.cidr.num_addresses - 5 == 2043  # AWS keeps five


@pytest.mark.parametrize(
    ("cidr", "says"),
    [
        ("10.20.0.0/33", "not an IPv4 range"),
        ("10.20.0.1/16", "not an IPv4 range"),
        ("8.8.0.0/16", "public"),
        ("10.0.0.0/8", "/16 to /18"),
        ("10.20.0.0/24", "/16 to /18"),
    ],
)
def test_a_range_that_cannot_hold_the_plan_is_refused_by_name(cidr, says):
    with pytest.raises(AddressPlanError, match=says) as refusal:
        plan_subnets(cidr, ZONES)
    assert cidr in str(refusal.value)


@pytest.mark.parametrize("zone", ["r-1i", "r-1", ""])
def test_a_zone_without_a_slot_is_refused(zone):
    with pytest.raises(AddressPlanError, match="zones a to h have a slot"):
        plan_subnets("10.20.0.0/16", (zone,))


@pytest.mark.parametrize(
    ("nat", "machine", "public"),
    [
        (NatMode.NONE, False, False),
        (NatMode.NONE, True, True),
        (NatMode.ONE, False, True),
        (NatMode.PER_ZONE, False, True),
    ],
)
def test_nothing_is_public_unless_something_has_to_be(nat, machine, public):
    assert (Tier.PUBLIC in needed_tiers(nat, machine)) is public
    assert {Tier.PRIVATE, Tier.DATA} <= set(needed_tiers(nat, machine))


def test_nat_gateways_stand_in_no_zone_one_or_all():
    assert nat_zones(NatMode.NONE, ZONES) == ()
    assert nat_zones(NatMode.ONE, ZONES) == ZONES[:1]
    assert nat_zones(NatMode.PER_ZONE, ZONES) == ZONES
