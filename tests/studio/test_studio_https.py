"""HTTPS for phones: an authority of one's own, reached by another host name; a path behind a proxy."""

from __future__ import annotations

import http.client
import socket
import ssl
import subprocess
import sys
import time

import pytest
from cryptography import x509
from starlette.testclient import TestClient
from studio_place import House, make_workspace

from ingather.studio.authority import FOLDER, certificate_for, own_names

NAME = "phone.test"


def asks(port: int, trusted: str, name: str) -> int:
    """The status of the page of health, asked over HTTPS by that name as a phone does that trusts it."""
    context = ssl.create_default_context(cafile=trusted)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        secured = context.wrap_socket(plain, server_hostname=name)
        connection = http.client.HTTPSConnection(name, port, context=context)
        connection.sock = secured
        connection.request("GET", "/api/health")
        answer = connection.getresponse()
        answer.read()
        assert answer.getheader("strict-transport-security")
        return answer.status


def test_a_phone_that_trusts_the_authority_reaches_the_studio_by_another_name(tmp_path):
    workspace = make_workspace(tmp_path / "w")
    made = certificate_for(tmp_path / FOLDER, [NAME, "127.0.0.1"])
    assert (tmp_path / FOLDER / "authority.key").stat().st_mode & 0o077 == 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    call = [
        sys.executable, "-m", "ingather", "-C", str(workspace.root), "studio", "--port", str(port),
        "--certificate", str(made.certificate), "--key", str(made.key),
    ]  # fmt: skip
    running = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            time.sleep(0.1)
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", port)) == 0:
                    break
        assert asks(port, str(made.authority), NAME) == 200
        with pytest.raises(ssl.SSLCertVerificationError, match=r"other\.test"):
            asks(port, str(made.authority), "other.test")
    finally:
        running.terminate()
        running.wait()


def test_the_certificate_is_kept_until_an_address_changes_and_the_authority_stays(tmp_path):
    names = own_names()
    assert "localhost" in names
    first = certificate_for(tmp_path, names)
    content, authority = first.certificate.read_bytes(), first.authority.read_bytes()
    assert certificate_for(tmp_path, names).certificate.read_bytes() == content
    again = certificate_for(tmp_path, [*names, "10.9.8.7"])
    assert again.certificate.read_bytes() != content
    assert again.authority.read_bytes() == authority
    told = x509.load_pem_x509_certificate(again.certificate.read_bytes())
    assert (told.not_valid_after_utc - told.not_valid_before_utc).days <= 398


def test_under_a_path_of_a_proxy_everything_is_as_without(tmp_path):
    house = House(make_workspace(tmp_path / "w"), root_path="/studio")
    client = TestClient(house.app, base_url="http://testserver")
    assert client.get("/studio/api/health").status_code == 200
    body = {"source": "studio", "title": "Yes and no"}
    campaign = house.owner.do("POST", "/studio/api/campaigns", json=body)["id"]
    answer = client.post(f"/studio/api/campaigns/{campaign}/join", json={})
    assert "path=/studio" in answer.headers["set-cookie"].lower()
    head = {"x-csrf-token": answer.json()["csrf"]}
    asked = client.post(f"/studio/api/campaigns/{campaign}/tasks", json={}, headers=head)
    assert asked.json()["error"]["message"].startswith("You have not agreed")
    house.close()
