"""What drivers may rely on, shown with pymongo against the real process."""

import datetime as dt
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pymongo
import pytest
from bson import Decimal128, ObjectId
from pymongo.errors import DuplicateKeyError

pytestmark = pytest.mark.services


def test_pymongo_accepts_the_wire_version(memory_server):
    hello = memory_server.client.admin.command("hello")
    assert hello["maxWireVersion"] == 13
    assert hello["isWritablePrimary"] is True


def test_it_listens_on_loopback_alone(memory_server):
    listening = {
        connection.laddr.ip
        for connection in psutil.Process(memory_server.process.pid).net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    assert {address.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


def test_values_of_every_common_type_come_back_equal(database):
    document = {
        "_id": ObjectId(),
        "farm": {"name": "สวนสมุนไพร", "areas": [1, 2.5, {"deep": [None, True]}]},
        "when": dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC),
        "fee": Decimal128("1500.50"),
        "large": 2**53 + 1,
        "raw": b"\x00\xff",
    }
    documents = database.get_collection(
        "documents", codec_options=pymongo.collection.CodecOptions(tz_aware=True)
    )
    documents.insert_one(document)
    assert documents.find_one({"farm.areas.2.deep": True}) == document


def test_a_write_concern_with_journal_is_accepted(database):
    collection = database.get_collection("c", write_concern=pymongo.WriteConcern(1, j=True))
    assert collection.insert_one({"_id": 1}).acknowledged


def test_concurrent_increments_are_all_counted(database):
    database.counters.insert_one({"_id": "c", "n": 0})

    def increment(_worker):
        for _ in range(50):
            database.counters.update_one({"_id": "c"}, {"$inc": {"n": 1}})

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(increment, range(20)))
    assert database.counters.find_one({"_id": "c"})["n"] == 1000


def test_a_version_filter_lets_one_writer_of_each_version_through(database):
    database.applications.insert_one({"_id": 1, "version": 0})

    def advance(_worker):
        won = 0
        for version in range(100):
            answer = database.applications.update_one(
                {"_id": 1, "version": version}, {"$set": {"version": version + 1}}
            )
            won += answer.modified_count
        return won

    with ThreadPoolExecutor(8) as pool:
        wins = sum(pool.map(advance, range(8)))
    assert wins == database.applications.find_one({"_id": 1})["version"]


def test_a_job_is_claimed_once(database):
    database.jobs.insert_many([{"_id": number, "state": "queued"} for number in range(200)])

    def claim(_worker):
        claimed = []
        while job := database.jobs.find_one_and_update(
            {"state": "queued"}, {"$set": {"state": "active"}}
        ):
            claimed.append(job["_id"])
        return claimed

    with ThreadPoolExecutor(8) as pool:
        claims = [number for claimed in pool.map(claim, range(8)) for number in claimed]
    assert sorted(claims) == list(range(200))


def test_a_reader_never_sees_half_an_update(database):
    database.pairs.insert_many([{"_id": n, "a": 0, "b": {"c": 0}} for n in range(50)])
    done = threading.Event()

    def write():
        for value in range(1, 150):
            database.pairs.update_many({}, {"$set": {"a": value, "b.c": value}})
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    reads = 0
    while not done.is_set():
        for pair in database.pairs.find():
            assert pair["a"] == pair["b"]["c"]
        reads += 1
    writer.join()
    assert reads > 0


@pytest.mark.parametrize(
    "change",
    [
        lambda certificates: certificates.insert_one({"_id": 3, "number": "A"}),
        lambda certificates: certificates.update_one({"_id": 2}, {"$set": {"number": "A"}}),
        lambda certificates: certificates.replace_one({"_id": 3}, {"number": "A"}, upsert=True),
    ],
    ids=["insert", "update", "upsert"],
)
def test_a_second_holder_of_a_unique_value_is_refused_with_11000(database, change):
    database.certificates.create_index("number", unique=True)
    database.certificates.insert_many([{"_id": 1, "number": "A"}, {"_id": 2, "number": "B"}])
    with pytest.raises(DuplicateKeyError) as refusal:
        change(database.certificates)
    assert refusal.value.code == 11000
    assert database.certificates.count_documents({"number": "A"}) == 1


def test_one_of_many_racing_inserts_wins_a_unique_value(database):
    database.certificates.create_index("number", unique=True)

    def insert(worker):
        try:
            database.certificates.insert_one({"_id": worker, "number": "X"})
        except DuplicateKeyError:
            return 0
        return 1

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(insert, range(40))) == 1


def test_documents_go_when_their_time_is_over(database):
    database.sessions.create_index("seen", expireAfterSeconds=60)
    now = dt.datetime.now(dt.UTC)
    old = now - dt.timedelta(seconds=61)
    database.sessions.insert_many(
        [{"_id": "old", "seen": old}, {"_id": "new", "seen": now}, {"_id": "never"}]
    )
    deadline = time.monotonic() + 20
    pause = threading.Event()
    while database.sessions.count_documents({}) == 3 and time.monotonic() < deadline:
        pause.wait(0.1)
    assert {document["_id"] for document in database.sessions.find()} == {"new", "never"}
