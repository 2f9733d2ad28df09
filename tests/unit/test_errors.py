"""Errors, and the sentences that explain them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import errors
from bot.domain.report import Unread
from bot.errors import BotError, CommandError, MissingScopeError, NotInChannelError, UnknownControlError
from bot.i18n import CATALOGUES, Locale
from bot.render.errors import explain, explain_in_shell, explain_in_slack

ABSTRACT = {"BotError", "UserError", "ConfigurationError", "ChannelError", "UpstreamError"}

CLASSES: dict[str, type[BotError]] = {
    name: thing
    for name, thing in vars(errors).items()
    if isinstance(thing, type) and issubclass(thing, BotError) and name not in ABSTRACT
}

SOURCES = [path for folder in ("bot", "handlers") for path in Path(folder).rglob("*.py")]


def raised() -> Iterator[tuple[str, dict[str, str | None]]]:
    """Find where the code makes errors: the class, and its values, None for what is not a literal."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id in CLASSES:
                yield node.exc.id, {}
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CLASSES:
                yield node.func.id, {keyword.arg or "": _literal(keyword.value) for keyword in node.keywords}


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


RAISED = list(raised())


def hints_of_routing() -> set[str]:
    """Find the hints about the routing file, which its reader and its check make errors of."""
    files = ("bot/domain/owners/routing_file.py", "bot/usecases/owners/in_slack.py")
    trees = [ast.parse(Path(file).read_text(encoding="utf-8")) for file in files]
    strings = {str(node.value) for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {text for text in strings if re.fullmatch("routing-[a-z-]+", text)}


def placeholders(text: str) -> set[str]:
    """Return the names of a text's placeholders."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("locale", list(Locale))
class TestTexts:
    """What is said of each error."""

    def test_every_error_has_sentence_in_every_language(self, locale: Locale) -> None:
        """Every error has a sentence in every language."""
        assert not {f"error.{error.code}" for error in CLASSES.values()} - set(CATALOGUES[locale])

    def test_every_error_has_the_values_of_its_text(self, locale: Locale) -> None:
        """Wherever the code makes an error it gives what its sentence tells."""
        literal = {"hint": "no-control"}
        wrong = []
        for name, values in RAISED:
            given_values = {value: text or literal.get(value, "x") for value, text in values.items()}
            sentence = explain(CLASSES[name](**given_values), locale)
            template = CATALOGUES[locale][f"error.{CLASSES[name].code}"]
            if not sentence or placeholders(template) - {"hint"} - set(values):
                wrong.append((name, values))

        assert not wrong

    def test_every_error_class_is_raised(self, locale: Locale) -> None:
        """Every error class is raised somewhere, or its text and its entry in the documents would be void."""
        assert not set(CLASSES) - {raised_name for raised_name, _ in RAISED}
        assert locale

    def test_no_text_is_left_over(self, locale: Locale) -> None:
        """No sentence is left over from an error that is gone."""
        codes = {error.code for error in CLASSES.values()}
        rest = {key for key in CATALOGUES[locale] if key.startswith("error.")} - {f"error.{c}" for c in codes}

        assert {
            "error.will-retry",
            "error.scheduled",
            "error.expire",
            "error.check",
            "error.from-console",
            "error.unknown-control.no-nearest",
            "error.unknown-control.no-nearest.shell",
            "error.unknown-account.no-nearest",
            "error.unknown-region.no-nearest",
            "error.unknown-standard.no-nearest",
            "error.access-denied.shell",
            "error.invalid-setting.shell",
            "error.security-hub-disabled.shell",
        } == rest

    def test_every_hint_has_its_text(self, locale: Locale) -> None:
        """Every hint that an error gives has its text, and every text of a hint is given."""
        hints = {values["hint"] for _, values in RAISED if values.get("hint")} | hints_of_routing()
        texts = {key for key in CATALOGUES[locale] if key.startswith("hint.")}

        refusals = {key for key in texts if key.startswith("hint.not-allowed.")}
        assert {f"hint.{hint}" for hint in hints} == texts - refusals


class TestExplain:
    """Explaining an error."""

    @given(st.sampled_from(["control", "option", "severity", "account", "region", "status"]), st.text())
    def test_explanation_shows_the_input(self, hint: str, text: str) -> None:
        """The typed text stands in the answer unchanged."""
        assert text in explain(CommandError(text=text, hint=hint), Locale.EN)

    def test_typo_offers_nearest_control(self) -> None:
        """A typo is answered with what it looks like."""
        error = UnknownControlError(control="CR.1", nearest="ECR.1")

        assert "Security Hub has no control or service CR.1. Did you mean ECR.1?" == explain(error, Locale.EN)

    def test_input_unlike_any_control_offers_the_search(self) -> None:
        """Where nothing looks alike it says how to search."""
        text = explain(UnknownControlError(control="Zz.1", nearest=""), Locale.EN)

        assert "Did you mean" not in text
        assert "without arguments" in text

    def test_stored_error_is_explained(self) -> None:
        """A report keeps an error's code and values, which is enough to explain it."""
        unread = Unread(("S3.1",), "throttled", {"service": "AWS", "call": "securityhub:GetFindings"})

        assert "securityhub:GetFindings" in explain(unread, Locale.JA)


class TestInShell:
    """Explaining an error at a shell."""

    @pytest.mark.parametrize("locale", Locale)
    @pytest.mark.parametrize(
        "error",
        [
            UnknownControlError(control="Zz.1", nearest=""),
            UnknownControlError(control="CR.1", nearest="ECR.1"),
            errors.InvalidSettingError(setting="REPORT_LOCALE", choices="ja, en"),
            errors.AccessDeniedError(action="securityhub:GetFindings"),
            errors.CredentialsError(problem="x"),
            errors.RegionError(region="tokyo"),
            errors.SecurityHubDisabledError(region="eu-west-1"),
            errors.UnavailableError(service="AWS", call="x"),
        ],
        ids=str,
    )
    def test_shell_texts_name_no_form(self, error: BotError, locale: Locale) -> None:
        """No text that a shell shows tells of a form, or of somebody who runs the bot."""
        assert not re.search("form\\b|the bot|フォーム|ボット", explain_in_shell(error, locale))


class TestInSlack:
    """Explaining an error in mrkdwn."""

    @given(st.sampled_from(["control", "option", "severity"]), st.text())
    def test_error_mentions_nobody(self, hint: str, text: str) -> None:
        """What was typed comes back as it is, never as a mention or a link."""
        assert "<" not in explain_in_slack(CommandError(text=text, hint=hint), Locale.EN)

    def test_channel_is_shown_by_its_name(self) -> None:
        """A channel is shown by its name, which Slack knows."""
        assert "<#C0RANDOM>" in explain_in_slack(NotInChannelError(channel="C0RANDOM"), Locale.EN)

    def test_unknown_channel_is_left_out(self) -> None:
        """A value that is not known is left out."""
        assert "<#>" not in explain_in_slack(MissingScopeError(scope=""), Locale.EN)


class TestBotError:
    """The errors themselves."""

    def test_error_as_text_has_code_and_values(self) -> None:
        """A log line of an error says what it is without a traceback."""
        assert "missing-scope, scope=files:write" == str(MissingScopeError(scope="files:write"))

    def test_code_names_one_error(self) -> None:
        """A code names one error."""
        codes = [error.code for error in CLASSES.values()]

        assert len(codes) == len(set(codes))
