"""The gate in front of Bolt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from bot.listeners.signature import is_genuine

SECRET = "local-signing-secret"
NOW = 1_795_480_200.0


def signed(body: bytes, *, secret: str = SECRET, at: float = NOW) -> dict[str, str]:
    """Sign a body as Slack's own library does."""
    timestamp = str(int(at))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": str(signature)}


def passes(headers: dict[str, str], body: bytes, *, secret: str = SECRET) -> bool:
    """Ask the gate, now."""
    return is_genuine(headers, body, signing_secret=secret, now=NOW)


class TestGenuine:
    """What Slack has signed."""

    @given(st.text().map(str.encode))
    def test_passes(self, body: bytes) -> None:
        """Any body passes with the signature that Slack's library makes."""
        assert passes(signed(body), body)

    def test_passes_whatever_its_bytes(self) -> None:
        """The signature is over the bytes, which need not be text."""
        body = b"\xff\xfe\x00"
        headers = signed(b"")
        headers["x-slack-signature"] = _over_bytes(headers["x-slack-request-timestamp"], body)

        assert passes(headers, body)

    @pytest.mark.parametrize("age", [-300, -299, 0, 299, 300])
    def test_passes_for_five_minutes(self, age: int) -> None:
        """A clock that is five minutes off is not off enough."""
        assert passes(signed(b"x", at=NOW - age), b"x")


class TestForged:
    """What Slack has not signed."""

    @given(
        st.binary(),
        st.dictionaries(st.sampled_from(["x-slack-request-timestamp", "x-slack-signature"]), st.text()),
    )
    def test_never_passes_nor_raises(self, body: bytes, headers: dict[str, str]) -> None:
        """Noise from the internet is refused, whatever it looks like."""
        assert not passes(headers, body)

    @pytest.mark.parametrize("age", [-301, 301, 86_400])
    def test_stale(self, age: int) -> None:
        """A request that was caught on its way cannot be sent again later."""
        assert not passes(signed(b"x", at=NOW - age), b"x")

    def test_changed(self) -> None:
        """A body that was changed on its way is refused."""
        assert not passes(signed(b"text=S3.1"), b"text=S3.8")

    def test_signed_by_another(self) -> None:
        """Another app's signature is refused."""
        assert not passes(signed(b"x", secret="another"), b"x")

    @pytest.mark.parametrize("name", ["x-slack-request-timestamp", "x-slack-signature"])
    def test_incomplete(self, name: str) -> None:
        """Without one of the headers nothing passes."""
        headers = signed(b"x")
        del headers[name]

        assert not passes(headers, b"x")

    @pytest.mark.parametrize(
        "timestamp", ["abc", "", "1e9", "-1", "１７９５４８０２００", " 1795480200", "9" * 5000]
    )
    def test_without_a_time(self, timestamp: str) -> None:
        """A timestamp that is no number is refused, not raised."""
        assert not passes(signed(b"x") | {"x-slack-request-timestamp": timestamp}, b"x")

    def test_with_no_secret(self) -> None:
        """An empty secret, which anybody could sign with, makes nothing genuine."""
        timestamp = str(int(NOW))
        headers = {
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": _over_bytes(timestamp, b"x", ""),
        }

        assert not passes(headers, b"x", secret="")


def _over_bytes(timestamp: str, body: bytes, secret: str = SECRET) -> str:
    import hashlib
    import hmac

    message = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
