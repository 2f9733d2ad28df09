"""The gate in front of Bolt."""

from __future__ import annotations

from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from bot.listeners.signature import STALE, UNSIGNED, WRONG, RefusalLog, fault_of, is_ssl_check

SECRET = "local-signing-secret"
NOW = 1_795_480_200.0


def signed(body: bytes, *, secret: str = SECRET, at: float = NOW) -> dict[str, str]:
    """Sign a body as Slack's own library does."""
    timestamp = str(int(at))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": str(signature)}


def passes(headers: dict[str, str], body: bytes, *, secret: str = SECRET) -> bool:
    """Ask the gate, now."""
    return fault_of(headers, body, signing_secret=secret, now=NOW) is None


class TestGenuine:
    """What Slack has signed."""

    @given(st.text().map(str.encode))
    def test_any_body_passes_with_signature_that_slacks_library_makes(self, body: bytes) -> None:
        """Any body passes with the signature that Slack's library makes."""
        assert passes(signed(body), body)

    def test_signature_is_over_bytes(self) -> None:
        """The signature is over the bytes, which need not be text."""
        body = b"\xff\xfe\x00"
        headers = signed(b"")
        headers["x-slack-signature"] = _over_bytes(headers["x-slack-request-timestamp"], body)

        assert passes(headers, body)

    @pytest.mark.parametrize("age", [-300, -299, 0, 299, 300])
    def test_signature_is_valid_for_five_minutes(self, age: int) -> None:
        """A clock that is five minutes off is not off enough."""
        assert passes(signed(b"x", at=NOW - age), b"x")


class TestForged:
    """What Slack has not signed."""

    @given(
        st.binary(),
        st.dictionaries(st.sampled_from(["x-slack-request-timestamp", "x-slack-signature"]), st.text()),
    )
    def test_noise_is_refused(self, body: bytes, headers: dict[str, str]) -> None:
        """Any noise from the internet is refused without an error."""
        assert not passes(headers, body)

    @pytest.mark.parametrize("age", [-301, 301, 86_400])
    def test_replayed_request_is_refused(self, age: int) -> None:
        """A request that was caught on its way cannot be sent again later."""
        assert not passes(signed(b"x", at=NOW - age), b"x")

    def test_changed_body_is_refused(self) -> None:
        """A body that was changed on its way is refused."""
        assert not passes(signed(b"text=S3.1"), b"text=S3.8")

    def test_another_apps_signature_is_refused(self) -> None:
        """Another app's signature is refused."""
        assert not passes(signed(b"x", secret="another"), b"x")

    @pytest.mark.parametrize("name", ["x-slack-request-timestamp", "x-slack-signature"])
    def test_without_one_of_headers_nothing_passes(self, name: str) -> None:
        """Without one of the headers nothing passes."""
        headers = signed(b"x")
        del headers[name]

        assert not passes(headers, b"x")

    @pytest.mark.parametrize(
        "timestamp", ["abc", "", "1e9", "-1", "１７９５４８０２００", " 1795480200", "9" * 5000]
    )
    def test_timestamp_that_is_no_number_is_refused(self, timestamp: str) -> None:
        """A timestamp that is no number is refused, not raised."""
        assert not passes(signed(b"x") | {"x-slack-request-timestamp": timestamp}, b"x")

    def test_empty_secret_makes_nothing_genuine(self) -> None:
        """An empty secret, which anybody could sign with, makes nothing genuine."""
        timestamp = str(int(NOW))
        headers = {
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": _over_bytes(timestamp, b"x", ""),
        }

        assert not passes(headers, b"x", secret="")


class TestFault:
    """What the log says of a request that was refused."""

    @pytest.mark.parametrize(
        ("headers", "fault"),
        [
            ({}, UNSIGNED),
            ({"x-slack-request-timestamp": str(int(NOW))}, UNSIGNED),
            ({"x-slack-signature": "v0=x", "x-slack-request-timestamp": "abc"}, UNSIGNED),
            (signed(b"x", at=NOW - 301), STALE),
            (signed(b"x", secret="another"), WRONG),
            (signed(b"y"), WRONG),
        ],
    )
    def test_fault_names_noise_age_or_signature(self, headers: dict[str, str], fault: str) -> None:
        """Noise, an old request and another app's signature are told apart."""
        assert fault == fault_of(headers, b"x", signing_secret=SECRET, now=NOW)


class TestRefusalLog:
    """The log of what was refused."""

    def test_flood_is_ten_lines_a_minute(self, caplog: pytest.LogCaptureFixture) -> None:
        """A flood is ten lines a minute, and the next minute's first says how many were left out."""
        clock = [0.0]
        log = RefusalLog(lambda: clock[0])
        for _ in range(25):
            log.write(WRONG)
        clock[0] = 61.0
        log.write(WRONG)

        unwritten = [record.__dict__["unwritten"] for record in caplog.records]
        assert [0] * 10 + [15] == unwritten
        assert {("not-signed", WRONG)} == {
            (record.__dict__["error_code"], record.__dict__["reason"]) for record in caplog.records
        }

    def test_noise_hides_no_wrong_signature(self, caplog: pytest.LogCaptureFixture) -> None:
        """Any number of unsigned requests leaves room for wrong signatures, of which the alarm is."""
        log = RefusalLog(lambda: 0.0)
        for _ in range(25):
            log.write(UNSIGNED)
        log.write(WRONG)

        assert WRONG == caplog.records[-1].__dict__["reason"]


class TestSslCheck:
    """Slack's check of the certificate."""

    FORM: ClassVar[dict[str, str]] = {"content-type": "application/x-www-form-urlencoded"}

    @pytest.mark.parametrize("body", [b"ssl_check=1", b"token=abc&ssl_check=1", b"ssl_check=1&token=abc"])
    def test_ssl_check_is_a_short_form_with_its_field(self, body: bytes) -> None:
        """It is a short form with the field."""
        assert is_ssl_check(self.FORM, body)

    @pytest.mark.parametrize(
        "body", [b"", b"ssl_check=0", b"ssl_check=11", b"xssl_check=1", b"ssl_check=1&" + b"x" * 1024]
    )
    def test_other_value_or_long_body_is_no_ssl_check(self, body: bytes) -> None:
        """Another value, and a long body, is none."""
        assert not is_ssl_check(self.FORM, body)

    def test_other_content_type_is_no_ssl_check(self) -> None:
        """Neither is one of another type."""
        assert not is_ssl_check({"content-type": "application/json"}, b"ssl_check=1")


def _over_bytes(timestamp: str, body: bytes, secret: str = SECRET) -> str:
    import hashlib
    import hmac

    message = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
