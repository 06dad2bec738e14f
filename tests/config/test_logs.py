"""What is written to the log keeps the secrets of addresses to itself."""

import pytest

from config.lib.logs import without_secrets


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("GET /handout/s3cr3t-T0ken_x/?as=pdf", "GET /handout/.../?as=pdf"),
        ("Not Found: /join/abc:def/", "Not Found: /join/.../"),
        ("POST /stop-reminders/abc:def", "POST /stop-reminders/..."),
        ("GET /clinic/prescriptions/1/handout/", "GET /clinic/prescriptions/1/handout/"),
    ],
)
def test_secrets_of_addresses_are_left_out(said: str, kept: str) -> None:
    assert without_secrets(None, "info", {"event": said, "request": said}) == {"event": kept, "request": kept}
    assert without_secrets(None, "info", {"event": 5}) == {"event": 5}
