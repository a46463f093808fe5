from infra.data.redis import ACCESS, RedisRole


def test_a_full_queue_refuses_and_a_full_cache_forgets():
    assert RedisRole.QUEUE.eviction == "noeviction"
    assert RedisRole.CACHE.eviction == "allkeys-lru"


def test_clients_may_not_change_the_server():
    words = ACCESS.split()
    assert words[0] == "on"
    assert words.index("+@all") < words.index("-@admin") < words.index("-@dangerous")
    assert not {"+config", "+flushall", "+keys", "+shutdown", "nopass"} & set(words)
