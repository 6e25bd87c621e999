from django.apps import AppConfig


class CareplansConfig(AppConfig):
    name = "careplans"

    def ready(self) -> None:
        from careplans import receivers  # noqa: F401  (connects them)
