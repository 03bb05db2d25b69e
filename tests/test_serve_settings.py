from pathlib import Path

import pytest
from support_cli import make_home, run

from cleaner.config import read_config, read_serve_table
from cleaner.errors import ConfigError
from cleaner.serve.settings import ServeSettings, serve_settings


def settings(flags=None, environment=None, table=None):
    return serve_settings(flags or {}, environment or {}, table or {}, "cleaner.toml")


def test_flags_count_before_the_environment_and_that_before_the_file():
    table = {"port": 1, "workers": 1, "max_bytes": 5000}
    found = settings({"port": 3, "workers": None}, {"CLEANER_SERVE_PORT": "2", "CLEANER_SERVE_WORKERS": "2"}, table)
    assert (found.port, found.workers, found.max_bytes) == (3, 2, 5000)


def test_nothing_said_means_this_machine_alone():
    assert settings().host == "127.0.0.1"
    assert not settings().log_text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"flags": {"max_bytes": 3}}, "--max-bytes: 3: input should be greater than or equal to 1024"),
        ({"environment": {"CLEANER_SERVE_PROT": "80"}}, "CLEANER_SERVE_PROT: there is no such setting; known are host"),
        ({"environment": {"CLEANER_SERVE_PORT": "tcp://10.0.0.1"}}, "CLEANER_SERVE_PORT: 'tcp://10.0.0.1': input"),
        ({"table": {"log_level": "loud"}}, "cleaner.toml: serve: log_level: 'loud': input should be 'debug'"),
        ({"table": {"max_seconds": float("nan")}}, "cleaner.toml: serve: max_seconds: nan: input should be"),
    ],
)
def test_a_setting_that_cannot_be_is_named_with_its_place(given, told):
    with pytest.raises(ConfigError) as caught:
        settings(**given)
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize(("name", "title"), [("cleaner.toml", "serve"), ("pyproject.toml", "tool.cleaner.serve")])
def test_the_table_of_a_file_is_the_services_and_not_the_cleaners(tmp_path, name, title):
    file = tmp_path / name
    mode = "mode = 'safe'\n" if name == "cleaner.toml" else "[tool.cleaner]\nmode = 'safe'\n"
    file.write_text(f"{mode}[{title}]\nmax-requests = 3\n", encoding="utf-8")
    assert read_serve_table(file) == {"max_requests": 3}
    assert read_config(file).mode == "safe"


def test_what_is_no_table_is_told(tmp_path):
    (tmp_path / "cleaner.toml").write_text("serve = 3\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="serve: 3 is not a table"):
        read_serve_table(tmp_path / "cleaner.toml")


def test_a_service_that_cannot_listen_or_clean_does_not_start(tmp_path):
    home = make_home(tmp_path)
    taken = run("serve", "--host", "no-such-host.invalid", cwd=home)
    assert taken.returncode == 2 and b"cannot listen on no-such-host.invalid port 8080" in taken.stderr
    (home / "packs" / "test.toml").write_text("[pack]\n", encoding="utf-8")
    broken = run("serve", "--port", "0", cwd=home)
    assert broken.returncode == 2 and b"in the rule packs" in broken.stderr


def test_the_table_of_settings_is_true():
    text = (Path(__file__).parent.parent / "docs" / "serve.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip(" `") for cell in line.split("|")[1:-1]] for line in text.splitlines() if "CLEANER_SERVE_" in line
    ]
    rows = [row for row in rows if len(row) == 5]
    fields = ServeSettings.model_fields
    assert [row[0] for row in rows] == list(fields)
    for name, flag, variable, default, says in rows:
        assert flag == f"--{name.replace('_', '-')}" and variable == f"CLEANER_SERVE_{name.upper()}"
        assert default == ("cores" if name == "workers" else str(fields[name].default).lower())
        assert says == fields[name].description
