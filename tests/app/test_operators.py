from datetime import UTC, datetime
from typing import Any

import pytest

from app.applications import queries
from app.applications.states import State
from app.core.identity import Caller, Role
from app.core.indexes import INDEXES
from app.core.paging import encode_cursor
from app.core.records import new_id
from tests.app.operators import ALLOWED, faults_in, files, operators_in

AT = datetime(2026, 11, 23, tzinfo=UTC)


def operators_of(value: Any) -> set[str]:
    """Every key with a dollar in a filter or an update, at any depth."""
    if isinstance(value, dict):
        own = {key for key in value if key.startswith("$")}
        return own.union(*(operators_of(inner) for inner in value.values()))
    if isinstance(value, list | tuple):
        return set().union(*(operators_of(inner) for inner in value))
    return set()


def test_the_application_uses_only_operators_that_all_databases_share():
    faults = [
        fault
        for path in files()
        for fault in faults_in(path.read_text(encoding="utf-8"), path.name)
    ]
    assert not faults, "\n".join(faults)


def test_the_walk_finds_the_operators_that_are_there():
    found = {
        operator
        for path in files()
        for _, operator in operators_in(path.read_text(encoding="utf-8"))
    }
    assert {"$set", "$inc", "$push", "$each", "$or", "$lt", "$in"} <= found


@pytest.mark.parametrize(
    "source",
    [
        'find({"$expr": {"$gt": ["$a", "$b"]}})',
        'find({"$text": {"$search": "x"}})',
        'find({"$where": "true"})',
        'aggregate([{"$facet": {}}])',
        'aggregate([{"$lookup": {}}])',
        'update({"$bit": {"a": {"and": 1}}})',
        'update({"$push": {"a": {"$each": [], "$slice": -5}}})',
        "client.start_session()",
        "collection.watch()",
        "collection.find({}, collation=x)",
        "collection.update_one({}, {}, array_filters=[])",
    ],
)
def test_an_operator_that_one_database_lacks_is_found(source):
    assert faults_in(source, "example.py")


@pytest.mark.parametrize("role", list(Role))
def test_every_query_builder_stays_in_the_subset(role):
    caller = Caller(new_id(), role)
    built = [
        queries.visible_to(caller, new_id()),
        queries.list_for(caller, State.DRAFT, encode_cursor(AT, new_id())),
        queries.list_for(caller, None, None),
        queries.edit(new_id(), 3, {"purpose": "new"}, AT),
        queries.documents_that_count(new_id()),
        queries.job(new_id(), caller),
    ]
    assert operators_of(built) <= ALLOWED


def test_a_farmer_is_confined_to_own_records_in_every_filter():
    farmer = Caller(new_id(), Role.FARMER)
    for filters in (
        queries.visible_to(farmer, new_id()),
        queries.list_for(farmer, None, None),
        queries.job(new_id(), farmer),
    ):
        assert filters["ownerId"] == farmer.id


def test_index_names_differ_within_a_collection():
    names = [(index.collection, index.name) for index in INDEXES]
    assert len(set(names)) == len(names)
    assert len(names) >= 15


@pytest.mark.services
async def test_migrating_makes_every_index_and_repeating_it_changes_nothing(litestar_app):
    from app.core.indexes import create_indexes, missing_indexes

    database = litestar_app.state["platform"].connections.database
    assert await missing_indexes(database) == []
    await create_indexes(database)
    await database["users"].drop_index("role_1")
    assert [index.name for index in await missing_indexes(database)] == ["role_1"]
    await create_indexes(database)
    assert await missing_indexes(database) == []
