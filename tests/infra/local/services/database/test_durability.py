"""What was answered is there after any end of the process, and the file stays in bounds."""

import re
import stat
import threading
from pathlib import Path

import pytest
from pymongo.errors import PyMongoError

pytestmark = pytest.mark.services

ENOUGH = 200


def everything(client) -> dict:
    """All documents and indexes of all databases."""
    found = {}
    for database in sorted(set(client.list_database_names()) - {"admin", "local"}):
        for name in sorted(client[database].list_collection_names()):
            collection = client[database][name]
            found[database, name] = (
                list(collection.find().sort("_id")),
                {index: dict(about) for index, about in collection.index_information().items()},
            )
    return found


def journals(folder: Path) -> list[Path]:
    return sorted(folder.glob("journal-*.log"))


class Writer(threading.Thread):
    """Inserts and updates until the server goes, and remembers what was acknowledged."""

    def __init__(self, collection, worker: str, pad: int = 300):
        super().__init__()
        self.pad = "x" * pad
        self.collection = collection
        self.worker = worker
        self.inserted: list[str] = []
        self.count = 0
        self.busy = threading.Event()  # enough was acknowledged for a kill to hit the middle

    def run(self):
        number = 0
        try:
            while True:
                key = f"{self.worker}-{number}"
                self.collection.insert_one({"_id": key, "pad": self.pad})
                self.inserted.append(key)
                self.collection.update_one(
                    {"_id": f"count-{self.worker}"}, {"$inc": {"n": 1}}, upsert=True
                )
                self.count += 1
                number += 1
                if self.count == ENOUGH:
                    self.busy.set()
        except PyMongoError:
            return


def test_killed_under_load_it_loses_no_acknowledged_write(start, tmp_path):
    data = tmp_path / "data"
    expected: dict[str, int] = {}
    for round_number in range(3):
        server = start(data).wait_ready()
        writers = [Writer(server.client.load.items, f"{round_number}{w}") for w in range(4)]
        for writer in writers:
            writer.start()
        assert all(writer.busy.wait(60) for writer in writers)
        server.kill()
        for writer in writers:
            writer.join(20)
            assert not writer.is_alive()
            expected.update(dict.fromkeys(writer.inserted, 1))
            expected[f"count-{writer.worker}"] = writer.count
    items = start(data).wait_ready().client.load.items
    found = {document["_id"]: document.get("n", 1) for document in items.find()}
    lost = [key for key, value in expected.items() if found.get(key, 0) < value]
    assert lost == []
    # At most the one write that was under way when its server was killed was kept unanswered.
    assert sum(found.values()) <= sum(expected.values()) + 2 * 3 * 4


def test_every_kind_of_change_is_there_after_a_kill(start, tmp_path):
    server = start(tmp_path / "data").wait_ready()
    one, two = server.client.one, server.client.two
    one.kept.create_index("number", unique=True)
    one.kept.create_index([("owner", 1), ("when", -1)])
    one.kept.insert_many([{"_id": n, "number": n, "owner": n % 3} for n in range(20)])
    one.kept.update_many({"owner": 1}, {"$push": {"history": {"text": "แก้ไข"}}})
    one.kept.replace_one({"_id": 5}, {"number": 500})
    one.kept.delete_many({"owner": 2})
    one.kept.insert_one({"_id": 99, "number": 99})
    one.kept.find_one_and_update({"_id": 99}, {"$set": {"found": True}})
    one.kept.find_one_and_delete({"_id": 0})
    one.old.insert_one({"_id": 1})
    one.old.create_index("field")
    one.old.rename("renamed")
    one.gone.insert_one({"_id": 1})
    one.gone.drop()
    one.kept.create_index("temporary")
    one.kept.drop_index("temporary_1")
    one.create_collection("empty")
    two.items.insert_one({"_id": 1})
    server.client.drop_database("two")
    before = everything(server.client)
    server.kill()
    again = start(tmp_path / "data").wait_ready()
    assert everything(again.client) == before
    assert again.stop() == 0
    assert everything(start(tmp_path / "data").wait_ready().client) == before


def test_an_unfinished_write_at_the_end_is_dropped(start, tmp_path):
    data = tmp_path / "data"
    server = start(data).wait_ready()
    server.client.d.c.insert_many([{"_id": n} for n in range(10)])
    server.kill()
    (journal,) = journals(data)
    whole = journal.read_bytes()
    first_record = len(b"GACPDB1\n")
    journal.write_bytes(whole + whole[first_record : first_record + 25])
    again = start(data).wait_ready()
    assert again.client.d.c.count_documents({}) == 10
    assert "dropped 25 bytes of an unfinished write" in again.said()
    again.client.d.c.insert_one({"_id": 10})
    again.kill()
    assert start(data).wait_ready().client.d.c.count_documents({}) == 11


def test_damage_in_the_middle_is_refused_not_skipped(start, tmp_path):
    data = tmp_path / "data"
    server = start(data).wait_ready()
    server.client.d.c.insert_many([{"_id": n, "pad": "x" * 50} for n in range(10)])
    server.kill()
    (journal,) = journals(data)
    content = bytearray(journal.read_bytes())
    content[len(content) // 2] ^= 0xFF
    journal.write_bytes(content)
    refused = start(data)
    assert refused.wait_end() == 4
    assert re.search(r"damaged at byte \d+.*restore a backup", refused.said())
    assert journal.read_bytes() == bytes(content)


def test_a_compaction_that_was_killed_leaves_the_older_file_in_force(start, tmp_path):
    data = tmp_path / "data"
    server = start(data).wait_ready()
    server.client.d.c.insert_one({"_id": 1})
    server.kill()
    (data / "next.tmp").write_bytes(b"GACPDB1\nhalf a snapsh")
    assert start(data).wait_ready().client.d.c.count_documents({}) == 1
    assert not (data / "next.tmp").exists()


def test_the_file_stays_within_five_times_the_data(start, tmp_path):
    data = tmp_path / "data"
    server = start(data).wait_ready()
    items = server.client.d.items
    size = 1000 * 1000
    items.insert_many([{"_id": n, "pad": "x" * 1000, "n": 0} for n in range(1000)])
    largest = 0
    for round_number in range(20):
        items.update_many({}, {"$set": {"n": round_number}})
        largest = max(largest, sum(path.stat().st_size for path in journals(data)))
    assert largest <= 5 * size
    assert server.stop() == 0
    (journal,) = journals(data)
    assert journal.stat().st_size <= 1.2 * size
    again = start(data).wait_ready().client.d.items
    assert again.count_documents({"n": 19}) == 1000


def test_a_full_disk_stops_the_server_and_loses_nothing_answered(start, tmp_path):
    data = tmp_path / "data"
    server = start(data, file_limit=3_000_000).wait_ready()
    writer = Writer(server.client.d.items, "w", pad=10_000)
    writer.start()
    assert server.process.wait(60) == 74
    writer.join(20)
    assert "free space" in server.said()
    found = start(data).wait_ready().client.d.items
    assert {document["_id"] for document in found.find()} >= set(writer.inserted)


def test_only_the_user_can_read_the_files(start, tmp_path):
    start(tmp_path / "data").wait_ready()
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    for journal in journals(tmp_path / "data"):
        assert stat.S_IMODE(journal.stat().st_mode) == 0o600


def test_a_second_server_on_the_same_folder_is_refused(start, tmp_path):
    start(tmp_path / "data").wait_ready()
    second = start(tmp_path / "data")
    assert second.wait_end() == 4
    assert "in use by another database process" in second.said()


def test_memory_mode_forgets(start):
    first = start().wait_ready()
    first.client.d.c.insert_one({"_id": 1})
    assert first.stop() == 0
    assert start().wait_ready().client.d.c.count_documents({}) == 0


def test_a_taken_port_is_refused_with_the_way_out(start):
    first = start().wait_ready()
    second = start(port=first.port)
    assert second.wait_end() == 4
    assert "give another --port" in second.said()
