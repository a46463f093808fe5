import pytest

from infra.host.onmachine.load_check import Load


@pytest.mark.parametrize(
    ("seconds", "p95"),
    [([0.1], 0.1), ([i / 100 for i in range(1, 101)], 0.95), ([0.3, 0.1, 0.2], 0.3), ([], 0.0)],
)
def test_the_95th_percentile_is_the_least_that_95_percent_keep(seconds, p95):
    assert Load(seconds, []).p95 == p95


def test_the_sentence_has_count_errors_by_kind_and_p95():
    load = Load([0.1, 0.1], ["status 502", "TimeoutError", "status 502"])
    assert load.sentence() == "5 requests, 3 errors (TimeoutError, status 502), p95 100 ms"
