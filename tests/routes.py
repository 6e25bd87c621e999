"""Every address of the product, as the URL resolver knows it, with what it declares about who may come."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

from clinic.api_access import Needs, NoPermissionDeclared, Public, SignedIn

OTHERS = ("allauth.", "django.contrib.admin", "django.views")  # libraries guard their own pages
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    """One address: `capabilities` are those it names for each method; None means anybody, absent means not declared."""

    name: str
    path: str
    is_api: bool
    view: Any
    converters: tuple[tuple[str, Any], ...]
    actions: tuple[tuple[str, str], ...] = ()

    @property
    def methods(self) -> list[str]:
        if self.actions:
            return [method for method, _action in self.actions]
        cls = getattr(self.view, "cls", None)
        if cls is not None:
            return [method for method in METHODS if hasattr(cls, method)]
        return ["get", "post"]

    def capability(self, method: str) -> Any:
        """Return the capability asked for, "signed in", None for anybody; raises LookupError where none is declared."""
        cls = getattr(self.view, "cls", None)
        if cls is None:
            return self.view.capability  # AttributeError: not declared
        for permission in cls.permission_classes:
            if isinstance(permission, Needs):
                return permission.capability_for(method.upper(), dict(self.actions).get(method))
            if permission is SignedIn:
                return "signed in"
            if permission is Public:
                return None
        raise LookupError(f"{self.path} declares no permission")

    @property
    def is_declared(self) -> bool:
        cls = getattr(self.view, "cls", None)
        if cls is None:
            return hasattr(self.view, "capability")
        return bool(cls.permission_classes) and NoPermissionDeclared not in cls.permission_classes

    def url(self, **values: Any) -> str:
        """Fill the address: with `values` where given (by name, or `any` for every id), else with ids of nothing."""
        path = self.path
        for name, converter in self.converters:
            value = values.get(name, values.get("any") if isinstance(converter, UUIDConverter) else None)
            if value is None:
                value = (
                    uuid4()
                    if isinstance(converter, UUIDConverter)
                    else 1
                    if isinstance(converter, IntConverter)
                    else "x"
                )
            path = path.replace(f"<{name}>", str(value))
        return path


def routes() -> list[Route]:
    return sorted(_walk(get_resolver()), key=lambda route: route.path)


def _walk(resolver: URLResolver, prefix: str = "/", converters: tuple = ()) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        path, found = _path(entry, prefix)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, path, converters + found)
        elif isinstance(entry, URLPattern):
            view = entry.callback
            module = getattr(getattr(view, "view_class", view), "__module__", "")
            if module.startswith(OTHERS) or path.startswith("/admin/"):
                continue
            actions = tuple((getattr(view, "actions", None) or {}).items())
            yield Route(entry.name or path, path, path.startswith("/api/"), view, converters + found, actions)


def _path(entry: URLPattern | URLResolver, prefix: str) -> tuple[str, tuple]:
    route = str(entry.pattern)
    converters = getattr(entry.pattern, "converters", {})
    for name, _converter in converters.items():
        for kind in ("uuid", "int", "str", "slug", "path"):
            route = route.replace(f"<{kind}:{name}>", f"<{name}>")
    return prefix + route, tuple(converters.items())
