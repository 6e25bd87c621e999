"""Static files under hashed names that never change."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True  # imports inside our ES modules get hashed names too

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._urls: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """Return a file's address, worked out once a process: a page asks for a dozen."""
        if name not in self._urls:
            self._urls[name] = super().url(name, force)
        return self._urls[name]
