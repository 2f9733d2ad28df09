"""The requester as a person in Slack, and their rows."""

from __future__ import annotations

from bot.domain.job import Job, Requester
from bot.domain.owners.own import OwnRows, Person
from bot.ports import People
from bot.usecases.context import JobContext


def find_person(requester: Requester, people: People) -> Person:
    """Look up a person's standing, address and user groups. Raises the errors of `People`."""
    user_id = requester.user_id
    return Person(user_id, people.standing(requester), people.email(user_id), people.groups_of(user_id))


def rows_of(person: Person, context: JobContext[Job]) -> OwnRows:
    """Return the decision about a person's rows, by the routing in force."""
    routing = context.routing.routing
    return OwnRows(person, routing.people, routing.owner.email_domain)
