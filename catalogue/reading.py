"""The shipped knowledge, read from data/**/*.yaml. Every mapping remembers its file and line, for messages that help."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from catalogue.shapes import Place, Problem

DATA = Path(__file__).parent / "data"
Content = dict[str, Any]  # top-level key → its value; a list may be continued in several files

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unreadable(Exception):
    """Files that are no catalogue at all: not UTF-8, not YAML, or a key doubled. Carries every `problems`."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Entry(dict):
    """A mapping of the data, with the place it was read from."""

    place = Place()


class _StrictLoader(_Loader):
    """Builds Entry mappings and refuses a key that stands twice (YAML itself would keep the last in silence)."""

    file = ""
    doubled: list[Problem]

    def mapping(self, node: yaml.MappingNode) -> Iterator[Entry]:
        entry = Entry()
        entry.place = Place(self.file, node.start_mark.line + 1)
        yield entry
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in entry:
                line = key_node.start_mark.line + 1
                self.doubled.append(
                    Problem(Place(self.file, line, (str(key),)), "this key stands here twice")
                )
            entry[key] = self.construct_object(value_node, deep=True)


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _StrictLoader.mapping)


def read(folder: Path = DATA) -> Content:
    """Return the content of every file below `folder`, in the order of their names. Raises Unreadable."""
    content: Content = {}
    problems: list[Problem] = []
    for path in sorted(folder.rglob("*.yaml")):
        document, found = _read_file(path, path.relative_to(folder).as_posix())
        problems += found
        for key, value in document.items():
            if isinstance(value, list) and isinstance(content.get(key, []), list):
                content[key] = content.get(key, []) + value
            elif key in content:
                problems.append(Problem(document.place / key, "another file has this key too"))
            else:
                content[key] = value
    if not content and not problems:
        problems.append(Problem(Place(str(folder)), "there are no .yaml files here"))
    if problems:
        raise Unreadable(problems)
    return content


def _read_file(path: Path, name: str) -> tuple[Entry, list[Problem]]:
    empty = Entry()
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        return empty, [Problem(Place(name), f"is not UTF-8 (byte {error.start})")]
    loader = _StrictLoader(text)
    loader.file, loader.doubled = name, []
    try:
        document = loader.get_single_data()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        return empty, [Problem(Place(name, line), f"cannot be read: {getattr(error, 'problem', error)}")]
    finally:
        loader.dispose()
    if not isinstance(document, Entry):
        return empty, [Problem(Place(name), "must be a mapping of lists, such as `exercises:`")]
    return document, loader.doubled


def content_hash(content: Content) -> str:
    """Return the SHA-256 of the content, the same whatever the layout of the files."""
    plain = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
