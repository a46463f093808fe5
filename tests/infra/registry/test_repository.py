import json

from infra.registry.repository import KEEP_IMAGES, lifecycle_policy


def test_untagged_images_end_first_and_releases_stay_to_roll_back_to():
    rules = json.loads(lifecycle_policy())["rules"]
    assert [rule["selection"]["tagStatus"] for rule in rules] == ["untagged", "any"]
    assert rules[1]["selection"]["countNumber"] == KEEP_IMAGES >= 50
