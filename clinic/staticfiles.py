"""Static files under hashed names that never change."""

from collections.abc import Iterable, Iterator

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True  # imports inside our ES modules get hashed names too

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress what pages link to, a third of all: plain names serve only the bare error pages, a map only debuggers."""
        linked = {name for name in self.hashed_files.values() if not name.endswith(".map")}
        return super().compress_files(linked & set(paths))
