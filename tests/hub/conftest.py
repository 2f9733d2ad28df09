"""A hub that is enabled and empty, and a client of it, in moto's two ways of standing in for AWS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.config import Config
from botocore.session import Session
from moto import mock_aws
from moto.server import ThreadedMotoServer

from playground.hub import Hub, hub, install
from tests.hub.samples import ACCOUNT, REGION, Clock

ONE_ATTEMPT = Config(retries={"mode": "standard", "total_max_attempts": 1})


@dataclass(frozen=True)
class Place:
    """A hub and a client of it."""

    hub: Hub
    client: Any


def connect(
    session: Session, region: str = REGION, endpoint: str | None = None, config: Config = ONE_ATTEMPT
) -> Any:
    """Make a client that tries once, unless the configuration says otherwise."""
    return session.create_client(
        "securityhub",
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="local",
        config=config,
    )


@pytest.fixture(scope="session")
def session() -> Session:
    """Return one botocore session, which reads the service model once."""
    install()
    return Session()


@pytest.fixture(scope="session")
def mocked_client(session: Session) -> Any:
    """Return one client for all tests under mock_aws: moto sees its requests while a mock is on."""
    return connect(session)


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    """Start moto's server."""
    install()
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def home(session: Session) -> Iterator[Hub]:
    """Return an enabled, empty hub under mock_aws."""
    with mock_aws():
        home = hub(ACCOUNT, REGION)
        home.enable()
        yield home


@pytest.fixture
def client(home: Hub, mocked_client: Any) -> Any:
    """Return a client of `home`."""
    return mocked_client


@pytest.fixture
def clock(home: Hub) -> Clock:
    """Put a clock that the test sets into `home`."""
    clock = Clock()
    home.knobs.clock = clock
    home.knobs.sleep = clock.sleep
    return clock


@pytest.fixture(params=["mock_aws", "server"])
def place(request: pytest.FixtureRequest, session: Session) -> Iterator[Place]:
    """Return an enabled, empty hub and its client, once under mock_aws and once in ThreadedMotoServer."""
    if request.param == "mock_aws":
        home = request.getfixturevalue("home")
        yield Place(home, request.getfixturevalue("mocked_client"))
        return
    client = connect(session, endpoint=request.getfixturevalue("endpoint"))
    home = hub(ACCOUNT, REGION)
    home.clear()
    home.enable()
    yield Place(home, client)
    home.clear()
    client.close()
