from infra.local.services.mailbox import Mailbox

MAIL = b"Message-ID: <a@b>\r\nTo: x@y\r\nSubject: hello\r\n\r\ntext\r\n"


def test_a_new_mailbox_finds_what_an_earlier_one_stored(tmp_path):
    key = Mailbox(tmp_path).store(MAIL)
    assert Mailbox(tmp_path).source(key) == MAIL


def test_a_half_written_delivery_does_not_count(tmp_path):
    key = Mailbox(tmp_path).store(MAIL)
    (tmp_path / key / "0001.part").write_bytes(MAIL[:10])
    assert [m["count"] for m in Mailbox(tmp_path).messages()] == [1]


def test_messages_without_an_id_are_told_apart_by_content(tmp_path):
    mailbox = Mailbox(tmp_path)
    keys = {mailbox.store(b"Subject: one\r\n\r\n"), mailbox.store(b"Subject: two\r\n\r\n")}
    assert len(keys) == 2


def test_an_unknown_key_is_none(tmp_path):
    assert Mailbox(tmp_path).message("nothing") is None
    assert Mailbox(tmp_path).source("nothing") is None
