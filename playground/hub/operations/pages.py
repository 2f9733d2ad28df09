"""Lists of the service that come a page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playground.hub.hub import Hub

_OF_A_PAGE = frozenset({"NextToken", "MaxResults"})
"""The parameters that may differ between the pages of one list."""


def page(
    hub: Hub, name: str, entries: Sequence[dict[str, Any]], parameters: Mapping[str, Any], size: int
) -> dict[str, Any]:
    """
    Cut the requested page out of a list, and add the token of the next one, if there is one.

    Args:
        name: of the member of the answer that holds the entries.
        entries: the whole list.
        size: of a page, if the request has no MaxResults.

    Raises:
        HubError: InvalidInputException, the token is not one of this list, or of another hub.
    """
    same = {key: value for key, value in parameters.items() if key not in _OF_A_PAGE}
    query, now = {"List": name, **same}, hub.knobs.clock()
    start = hub.tokens.start(parameters.get("NextToken"), query, now)
    end = start + parameters.get("MaxResults", size)
    answer: dict[str, Any] = {name: list(entries[start:end])}
    if end < len(entries):
        answer["NextToken"] = hub.tokens.issue(query, end, now + hub.knobs.token_seconds)
    return answer
