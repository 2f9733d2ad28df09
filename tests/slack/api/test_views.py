"""views.*: modals and Home tabs, opened and changed."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from slack_sdk import WebClient

from playground.slack import LocalSlack
from playground.slack.workspace.views import View, ViewError
from tests.slack import kit
from tests.slack.conftest import manifest
from tests.slack.forms import FORM, ME, count, top, trigger
from tests.slack.kit import plain
from tests.slack.receiver import SECRET, TOKEN, Receiver


class TestOpen:
    """views.open, views.push and views.update."""

    def test_view_comes_back_with_slacks_own_fields(
        self, slack: LocalSlack, receiver: Receiver, client: WebClient
    ) -> None:
        """A view comes back with Slack's own fields, and its inputs empty."""
        view = client.views_open(trigger_id=trigger(slack, receiver), view=FORM)["view"]

        assert view["id"] == top(slack).id
        assert view["id"] == view["root_view_id"]
        assert view["previous_view_id"] is None
        assert "form" == view["callback_id"]
        assert '{"a": 1}' == view["private_metadata"]
        assert "" == view["external_id"]
        assert view["state"]["values"] == {
            "controls": {"controls": {"type": "multi_external_select", "selected_options": []}},
            "name": {"name": {"type": "plain_text_input", "value": None}},
        }

    def test_broken_view_is_told_with_pointers(
        self, slack: LocalSlack, receiver: Receiver, client: WebClient, refusal: Any
    ) -> None:
        """A broken view is told with pointers, and its trigger is spent."""
        trigger_id = trigger(slack, receiver)

        answer = refusal(client.views_open, trigger_id=trigger_id, view=kit.modal(title=plain("x" * 25)))

        assert answer["error"] == "invalid_arguments"
        assert answer["response_metadata"]["messages"] == [
            "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
        ]
        assert count(slack) == 0

    @pytest.mark.parametrize("view", ["{", "[]", '{"type": "page"}', '{"type": "home", "blocks": []}'])
    def test_view_that_is_no_modal_is_refused(
        self, slack: LocalSlack, receiver: Receiver, client: WebClient, refusal: Any, view: str
    ) -> None:
        """What is no modal is refused."""
        answer = refusal(client.views_open, trigger_id=trigger(slack, receiver), view=view)

        assert answer["error"] == "invalid_arguments"

    def test_modal_is_at_most_three_views_deep(
        self, slack: LocalSlack, receiver: Receiver, client: WebClient, form: View, refusal: Any
    ) -> None:
        """A modal is at most three views deep."""

        def push(view: View) -> Any:
            slack.act_in_view(ME, view.id, block_id="more", action_id="more")
            return client.views_push(trigger_id=receiver.last["trigger_id"], view=FORM)

        second = push(form)["view"]
        third = push(top(slack))["view"]
        fourth = refusal(push, view=top(slack))

        assert form.id == second["previous_view_id"]
        assert second["id"] == third["previous_view_id"]
        assert form.id == third["root_view_id"]
        assert "push_limit_reached" == fourth["error"]
        assert 3 == count(slack)

    def test_push_needs_a_modal(
        self, slack: LocalSlack, receiver: Receiver, client: WebClient, refusal: Any
    ) -> None:
        """A trigger of a command pushes nothing."""
        answer = refusal(client.views_push, trigger_id=trigger(slack, receiver), view=FORM)

        assert answer["error"] == "invalid_trigger_id"

    def test_modal_that_has_been_closed_meanwhile_takes_no_more_views(self, slack: LocalSlack) -> None:
        """A modal that has been closed meanwhile takes no more views."""
        with pytest.raises(ViewError, match="not_found"):
            slack.workspace.views.push(ME, FORM)

    def test_second_modal_takes_place_of_first(
        self, slack: LocalSlack, receiver: Receiver, client: WebClient, form: View
    ) -> None:
        """A second modal takes the place of the first."""
        client.views_open(trigger_id=trigger(slack, receiver), view=FORM)

        assert 1 == count(slack)
        assert top(slack) is not form

    def test_view_is_changed_in_its_place(self, slack: LocalSlack, client: WebClient, form: View) -> None:
        """A view is changed in its place; what is typed stays in inputs that keep their IDs."""
        slack.act_in_view(ME, form.id, block_id="name", action_id="name", value="typed")
        old = form.hash

        changed = client.views_update(view_id=form.id, view=FORM | {"title": plain("New")}, hash=old)["view"]

        assert "New" == changed["title"]["text"]
        assert form.id == changed["id"]
        assert changed["state"]["values"]["name"]["name"]["value"] == "typed"
        assert changed["hash"] != old

    def test_broken_update_of_view_is_refused(self, client: WebClient, form: View, refusal: Any) -> None:
        """A view that is not there, has changed meanwhile, or is not named, is not changed."""

        def error(**arguments: Any) -> Any:
            call = {"api_method": "views.update", "json": {"view": FORM, **arguments}}
            return refusal(client.api_call, **call)["error"]

        assert error(view_id="V0") == "not_found"
        assert error(view_id=form.id, hash="1.x") == "hash_conflict"
        assert error() == "invalid_arguments"

    def test_apps_own_id_finds_view(
        self, slack: LocalSlack, receiver: Receiver, client: WebClient, form: View, refusal: Any
    ) -> None:
        """The app's own ID finds a view, and is not given twice."""
        client.views_update(view_id=form.id, view=FORM | {"external_id": "mine"})
        client.views_update(external_id="mine", view=FORM | {"external_id": "mine", "title": plain("Again")})
        slack.act_in_view(ME, form.id, block_id="more", action_id="more")

        twice = refusal(
            client.views_push,
            trigger_id=receiver.last["trigger_id"],
            view=FORM | {"external_id": "mine"},
        )

        assert "Again" == form.body["title"]["text"]
        assert "duplicate_external_id" == twice["error"]


class TestHome:
    """The Home tab."""

    def test_app_is_told_that_it_is_opened(
        self, slack: LocalSlack, receiver: Receiver, client: WebClient
    ) -> None:
        """The app is told that it is opened, and can publish a view there."""
        slack.open_home(ME)
        event = receiver.last["event"]

        published = client.views_publish(user_id=event["user"], view=kit.home())["view"]
        slack.open_home(ME)

        assert "app_home_opened" == event["type"]
        assert ME == event["user"]
        assert "home" == event["tab"]
        assert "D0SECURITY" == event["channel"]
        assert "view" not in event
        assert receiver.last["event"]["view"]["id"] == published["id"]

    def test_button_in_home_is_button_in_view(
        self, slack: LocalSlack, receiver: Receiver, client: WebClient
    ) -> None:
        """A button there is a button in a view."""
        tab = kit.home(kit.actions(kit.button(), block_id="b"))
        view = client.views_publish(user_id=ME, view=tab)["view"]

        slack.act_in_view(ME, view["id"], block_id="b", action_id="press")

        assert "view" == receiver.last["container"]["type"]
        assert "home" == receiver.last["view"]["type"]

    def test_home_tab_is_published_again_under_its_id(
        self, slack: LocalSlack, client: WebClient, refusal: Any
    ) -> None:
        """A Home tab is published again under its ID, unless it has changed since."""
        first = client.views_publish(user_id=ME, view=kit.home())["view"]
        second = client.views_publish(user_id=ME, view=kit.home(), hash=first["hash"])["view"]

        stale = refusal(client.views_publish, user_id=ME, view=kit.home(), hash=first["hash"])

        assert first["id"] == second["id"]
        assert "hash_conflict" == stale["error"]

    def test_home_tab_is_for_person(self, client: WebClient, refusal: Any) -> None:
        """A Home tab is for a person, and is no modal."""
        nobody = refusal(client.views_publish, user_id="U0NOBODY", view=kit.home())
        modal = refusal(client.views_publish, user_id=ME, view=kit.modal())

        assert "user_not_found" == nobody["error"]
        assert "invalid_arguments" == modal["error"]
        assert modal["errors"] == ["must be a home [json-pointer:/view/type]"]

    def test_app_whose_manifest_has_no_home_tab_publishes_none(
        self, receiver: Receiver, refusal: Any
    ) -> None:
        """An app whose manifest has no Home tab publishes none, and is told of no opening."""
        document = deepcopy(dict(manifest()))
        document["features"].pop("app_home")
        document["settings"].pop("event_subscriptions")
        slack = LocalSlack(document, app_url=receiver.url, signing_secret=SECRET, token=TOKEN)
        slack.start()
        client = WebClient(TOKEN, base_url=slack.api_url)

        answer = refusal(client.views_publish, user_id=ME, view=kit.home())
        slack.open_home(ME)
        slack.stop()

        assert "not_enabled" == answer["error"]
        assert [] == receiver.received
