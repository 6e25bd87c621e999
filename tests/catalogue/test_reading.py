"""The files are read whole, and what cannot be read is told with file and line."""

import pytest

from catalogue.reading import Unreadable, content_hash, read


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises/1.yaml").write_text("exercises:\n  - {id: a}\n", encoding="utf-8")
    (tmp_path / "exercises/2.yaml").write_text("exercises:\n  - {id: b}\n", encoding="utf-8")
    (tmp_path / "body.yaml").write_text("trunk: [pelvis]\n", encoding="utf-8")
    return tmp_path


def lines(folder):
    with pytest.raises(Unreadable) as caught:
        read(folder)
    return [str(problem) for problem in caught.value.problems]


def test_a_list_goes_on_in_the_next_file(folder):
    content = read(folder)
    assert content == {"trunk": ["pelvis"], "exercises": [{"id": "a"}, {"id": "b"}]}
    assert str(content["exercises"][1].place) == "exercises/2.yaml:2"


def test_hash_is_of_the_content_not_of_its_layout(folder):
    before = content_hash(read(folder))
    (folder / "body.yaml").write_text("# where\ntrunk:\n  - pelvis\n", encoding="utf-8")
    assert content_hash(read(folder)) == before
    (folder / "body.yaml").write_text("trunk: [abdomen]\n", encoding="utf-8")
    assert content_hash(read(folder)) != before


def test_doubled_keys_are_refused(folder):
    (folder / "body.yaml").write_text("trunk:\n- id: a\n  side: left\n  side: right\n", encoding="utf-8")
    assert lines(folder) == ["body.yaml:4 side: this key stands here twice"]


def test_one_list_in_two_files_must_be_a_list(folder):
    (folder / "exercises/3.yaml").write_text("exercises: {id: c}\n", encoding="utf-8")
    assert lines(folder) == ["exercises/3.yaml:1 exercises: another file has this key too"]


def test_every_broken_file_is_told(folder):
    (folder / "a.yaml").write_bytes(b"name: \xff\n")
    (folder / "b.yaml").write_text("name: [1\nother: 2\n", encoding="utf-8")
    (folder / "c.yaml").write_text("- only\n- a list\n", encoding="utf-8")
    told = lines(folder)
    assert told[0] == "a.yaml: is not UTF-8 (byte 6)"
    assert told[1].startswith("b.yaml:2: cannot be read:")
    assert told[2:] == ["c.yaml: must be a mapping of lists, such as `exercises:`"]


def test_empty_folder_is_refused(tmp_path):
    assert lines(tmp_path) == [f"{tmp_path}: there are no .yaml files here"]
