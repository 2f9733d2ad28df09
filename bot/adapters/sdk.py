"""
boto3 clients, for the job and the command line.

Profiles, SSO and assumed roles work as with every AWS tool. The ack, which has a role of its own and little
time, makes its clients with botocore alone: `bot/adapters/aws.py`, docs/decisions/0002-botocore.md.
"""

from __future__ import annotations

import socket
from functools import cache
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import UnknownRegionError

from bot.adapters.aws import JOB_CONFIG, aws_settings, quiet
from bot.domain.words.values import REGION
from bot.errors import RegionError

_MAKING = Lock()
"""
A session is for one thread at a time, its clients are for many
(https://boto3.amazonaws.com/v1/documentation/api/latest/guide/session.html, multithreading).
"""


@cache
def session() -> boto3.Session:
    """
    Return the one session of the process, which holds the parsed service models.

    Raises:
        CredentialsError: the profile does not exist, or the configuration file cannot be read.
    """
    quiet()
    with aws_settings():
        return boto3.Session()


def client(service: str, config: Config = JOB_CONFIG, region: str | None = None) -> Any:
    """
    Make a client with the credentials, profile, Region and endpoint of the environment.

    Args:
        region: another Region than the environment's.

    Raises:
        CredentialsError: no Region is set, or an AWS setting is wrong.
        RegionError: there is no Region of this name.
    """
    with aws_settings():
        with _MAKING:
            made: Any = session().client(service, region, config=config)
        endpoint = urlsplit(made.meta.endpoint_url)
        endpoint.port  # noqa: B018 - a ValueError if it is out of range
    _check_region(service, made.meta.region_name, endpoint.hostname or "")
    return made


def _check_region(service: str, region: str, host: str) -> None:
    """
    Look up the host of a Region that botocore does not know: AWS opens new ones, and people mistype old ones.

    A host without the Region is an endpoint that somebody has set; it is not checked.
    """
    if f".{region}." not in host or region in _known_regions(service):
        return
    try:
        if REGION.fullmatch(region):
            socket.getaddrinfo(host, None)
            return
    except OSError:
        pass
    raise RegionError(region=region)


@cache
def regions_beside(region: str, service: str) -> tuple[str, ...]:
    """
    Return all Regions with a service in the partition of a Region, also those that are not enabled.

    An unknown Region has none.
    """
    try:
        partition = session().get_partition_for_region(region)
    except UnknownRegionError:
        return ()
    return tuple(session().get_available_regions(service, partition))


@cache
def _known_regions(service: str) -> frozenset[str]:
    return frozenset(
        region
        for partition in session().get_available_partitions()
        for region in session().get_available_regions(service, partition)
    )
