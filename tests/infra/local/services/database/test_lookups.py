"""Indexes must change how quickly an answer comes, never the answer."""

import random

import pytest

pytestmark = pytest.mark.services

VALUES = [
    1,
    1.0,
    2,
    2**40,
    "a",
    "b",
    True,
    None,
    [1, "a"],
    [[1], 2],
    {"x": 1},
    [{"x": 1}, {"x": 2}],
]
FILTERS = [
    {"f": 1},
    {"f": 1.0},
    {"f": 2**40},
    {"f": "a"},
    {"f": True},
    {"f": None},
    {"f": {"$in": [1, "b"]}},
    {"f": {"$in": [None, "b"]}},
    {"f": {"$eq": 2}},
    {"f": {"$ne": 1}},
    {"f": {"$gt": 1}},
    {"f": {"x": 1}},
    {"f": [1, "a"]},
    {"f.x": 1},
    {"f.x": {"$in": [1, 2]}},
    {"f": {"$regex": "^a"}},
    {"$and": [{"f": 1}, {"g": 1}]},
    {"$or": [{"f": 1}, {"g": 2}]},
    {"f": 1, "g": {"$gt": 0}},
    {"_id": 7, "g": 1},
    {"_id": {"$in": [1, 2, 3]}, "f": 1},
]


def documents(generator: random.Random) -> list[dict]:
    made = []
    for number in range(200):
        document = {"_id": number, "g": generator.randrange(3), "u": f"u{number}"}
        if generator.random() < 0.9:
            document["f"] = generator.choice(VALUES)
        made.append(document)
    return made


def change(collection, generator: random.Random) -> None:
    for _ in range(150):
        number = generator.randrange(220)
        kind = generator.randrange(4)
        if kind == 0:
            collection.delete_one({"_id": number})
        elif kind == 1:
            value = generator.choice(VALUES)
            collection.update_one(
                {"_id": number}, {"$set": {"f": value, "u": f"u{number}"}}, upsert=True
            )
        elif kind == 2:
            collection.update_one({"_id": number}, {"$unset": {"f": ""}})
        else:
            collection.update_many({"g": number % 3}, {"$inc": {"h": 1}})


@pytest.mark.parametrize("seed", range(3))
def test_an_indexed_collection_answers_as_one_without(database, seed):
    plain, indexed = database.plain, database.indexed
    indexed.create_index("f")
    indexed.create_index("f.x")
    indexed.create_index([("g", 1), ("f", -1)])
    indexed.create_index("u", unique=True)
    for collection in (plain, indexed):
        generator = random.Random(seed)
        collection.insert_many(documents(generator))
        change(collection, generator)
    late = database.late
    late.insert_many(list(plain.find()))
    late.create_index("f")
    for query in FILTERS:
        expected = list(plain.find(query).sort("_id"))
        assert list(indexed.find(query).sort("_id")) == expected, query
        assert list(late.find(query).sort("_id")) == expected, query
        assert indexed.count_documents(query) == len(expected), query


@pytest.mark.parametrize(("skip", "limit"), [(0, 1), (0, 20), (15, 20), (190, 20), (0, 1000)])
def test_a_page_is_the_slice_of_the_whole_order(database, skip, limit):
    generator = random.Random(5)
    made = [
        {"_id": n, "g": generator.randrange(4), "t": generator.randrange(9)} for n in range(200)
    ]
    database.pages.insert_many(made)
    found = database.pages.find().sort([("g", -1), ("t", 1), ("_id", 1)]).skip(skip).limit(limit)
    ordered = sorted(made, key=lambda document: (-document["g"], document["t"], document["_id"]))
    assert list(found) == ordered[skip : skip + limit]


def test_a_page_of_equal_documents_keeps_their_order(database):
    database.pages.insert_many([{"_id": number, "same": 1} for number in range(50)])
    found = database.pages.find().sort("same", -1).limit(10)
    assert [document["_id"] for document in found] == list(range(10))
