"""The web's kernel: redirects that no header can turn, and headers on every kind of answer."""

from flask.testing import FlaskClient


def test_a_redirect_of_the_router_never_repeats_the_host_header(client: FlaskClient) -> None:
    for address in ("/account", "/desk", "/moderation"):
        response = client.get(address, headers={"Host": "evil.example"})
        assert response.status_code == 308
        assert response.headers["Location"] == f"{address}/"


def test_every_answer_carries_the_headers(client: FlaskClient) -> None:
    for address in (
        "/",
        "/nowhere",
        "/account/sign-in",
        "/api/v1/petitions",
        "/static/css/tokens.css",
        "/healthz",
    ):
        headers = client.get(address).headers
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"] and headers["Cache-Control"]


def test_a_nul_in_an_address_is_refused(client: FlaskClient) -> None:
    assert client.get("/petitions?q=%00").status_code == 400
