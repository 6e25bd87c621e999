"""Static files under hashed names that never change."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True  # imports inside our ES modules get hashed names too
