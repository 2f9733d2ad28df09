"""The routing file: what it says, and what is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Severity
from bot.domain.owners.owner import NOT_OWNERS, Source
from bot.domain.owners.routing import How, Mention, Route, RouteTable, Routing
from bot.domain.owners.routing_file import (
    MOST_BYTES,
    MOST_LINE_BYTES,
    MOST_ROUTES,
    check_routing,
    parse_routing,
)
from bot.errors import BotError, RoutingError, RoutingFileError
from bot.i18n import Locale
from bot.render.errors import explain_in_shell, explain_in_slack
from tests.builders import a_finding

WHOLE = """\
version = 1
[owner]
tags = ["CostCenter", "team"]
not = ["Jenkins"]
account_tag = "Owner"
email_domain = "example.com"
[people]
platform = "S0123456789"
"Team Web" = "alice@example.com"
"基盤" = "platform"
Terraform = "C0123456789"
[accounts]
"012345678901" = "platform"
210987654321 = ["web", "alice@example.com"]
[resources]
"arn:aws:s3:::logs-*" = "security"
[[route]]
owners = ["platform", "Team Web"]
channel = "C0123456789"
[[route]]
accounts = ["012345678901"]
severities = ["critical", "HIGH"]
controls = ["s3.8"]
channel = "G0123456789"
[mention]
how = "dm"
at_most = 5
unowned = "S0SECURITY1"
mark_notified = true
[sla]
CRITICAL = 7
high = 30
"""


def wrong(text: str | bytes) -> list[BotError]:
    """Return the errors of a file."""
    return check_routing(text if isinstance(text, bytes) else text.encode()).errors


def one_wrong(text: str | bytes) -> Mapping[str, str]:
    """Return the values of the one error of a file."""
    (error,) = wrong(text)
    return error.values


class TestParseRouting:
    """A file without errors."""

    def test_reads_every_table(self) -> None:
        """Each table of the file is in the routing."""
        routing = parse_routing(WHOLE.encode())

        assert ("CostCenter", "team") == routing.owner.tags
        assert ("Owner", "example.com") == (routing.owner.account_tag, routing.owner.email_domain)
        assert {
            "platform": "S0123456789",
            "team web": "alice@example.com",
            "基盤": "S0123456789",
            "terraform": "C0123456789",
        } == routing.people
        assert {
            "012345678901": ("platform",),
            "210987654321": ("web", "alice@example.com"),
        } == routing.accounts
        assert {"arn:aws:s3:::logs-*": ("security",)} == routing.resources
        assert (
            Route("C0123456789", owners=frozenset({"platform", "team web"})),
            Route(
                "G0123456789",
                accounts=frozenset({"012345678901"}),
                severities=frozenset({Severity.CRITICAL, Severity.HIGH}),
                controls=frozenset({"s3.8"}),
            ),
        ) == routing.routes
        assert Mention(How.DM, 5, "S0SECURITY1", mark_notified=True) == routing.mention
        assert {Severity.CRITICAL: 7, Severity.HIGH: 30} == routing.sla

    def test_version_alone_is_as_no_file(self) -> None:
        """A file that says nothing changes nothing."""
        assert Routing() == parse_routing(b"version = 1\n")

    def test_table_of_mentions_turns_them_on(self) -> None:
        """[mention] mentions in the thread by default; without the table nobody is mentioned."""
        assert How.THREAD is parse_routing(b"version = 1\n[mention]\n").mention.how
        assert How.NONE is parse_routing(b'version = 1\n[mention]\nhow = "none"\n').mention.how

    def test_ignored_values_are_added(self) -> None:
        """`not` adds to the values that name nobody; any name of [people] is somebody."""
        nobody = parse_routing(WHOLE.encode()).owner.nobody

        assert nobody == (NOT_OWNERS | {"jenkins"}) - {"terraform"}

    def test_file_of_windows_is_read(self) -> None:
        """A byte order mark and CRLF are no errors."""
        assert parse_routing(WHOLE.encode()) == parse_routing(
            b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode()
        )

    def test_reads_ten_thousand_accounts(self) -> None:
        """An organization of 10,000 accounts fits."""
        accounts = "".join(f'"{number:012}" = "team-{number % 500} and more"\n' for number in range(10_000))

        assert 10_000 == len(parse_routing(f"version = 1\n[accounts]\n{accounts}".encode()).accounts)


TABLES = "version, owner, people, accounts, resources, route, mention, sla"
VERSION = "version = 1\n"


class TestErrors:
    """A file that is wrong."""

    @pytest.mark.parametrize(
        ("text", "line", "key", "hint"),
        [
            ("", 1, "version", "version"),
            ("version = 0", 1, "version", "version"),
            ('version = "1"', 1, "version", "version"),
            ("version = true", 1, "version", "version"),
            ("\nversion = 2\n[new]\n", 2, "version", "newer"),
            (f"{VERSION}[owners]\n", 2, "owners", "unknown"),
            (f"{VERSION}[owner]\n\ntag = 'x'\n", 4, "tag", "unknown"),
            (f"{VERSION}owner = 'x'\n", 2, "owner", "table"),
            (f"{VERSION}[owner]\ntags = []\n", 3, "tags", "list"),
            (f"{VERSION}[owner]\ntags = [1]\n", 3, "tags", "text"),
            (f"{VERSION}[owner]\ntags = ['\\u200B']\n".replace("'", '"'), 3, "tags", "text"),
            (f"{VERSION}[owner]\naccount_tag = '{'x' * 257}'\n", 3, "account_tag", "text"),
            (f"{VERSION}[owner]\nemail_domain = '@example.com'\n", 3, "email_domain", "domain"),
            (f"{VERSION}[people]\nweb = 'S01'\n", 3, "web", "contact"),
            (f"{VERSION}[people]\nweb = 'https://hooks.slack.com/services/x'\n", 3, "web", "contact"),
            (f"{VERSION}[people]\nweb = 7\n", 3, "web", "text"),
            (f"{VERSION}[people]\nweb = 'U0123456789'\n'Web ' = 'U0123456789'\n", 4, "Web", "twice"),
            (f"{VERSION}[people]\nweb = 'U0123456789'\nweb = 'U0123456789'\n", 4, "web", "twice"),
            (f"{VERSION}[sla]\nLOW = 1\n[owner]\n[sla]\nHIGH = 2\n", 5, "[sla]", "twice"),
            (f"{VERSION}[accounts]\n12345678901 = 'web'\n", 3, "12345678901", "account"),
            (f"{VERSION}[resources]\n'arn:*:x' = 'web'\n", 3, "arn:*:x", "resource"),
            (f"{VERSION}[route]\nchannel = 'C0123456789'\n", 2, "route", "route"),
            (f"{VERSION}[[route]]\nowners = ['web']\n", 2, "channel", "channel"),
            (f"{VERSION}[[route]]\nowners = ['web']\nchannel = '#web'\n", 4, "channel", "channel"),
            (
                f"{VERSION}[[route]]\nowners = 'a'\nchannel = 'C012345678'\n[[route]]\nchannel='C0000000001'",
                5,
                "channel",
                "empty-route",
            ),
            (
                f"{VERSION}[[route]]\naccounts = [123456789012]\nchannel = 'C0123456789'\n",
                3,
                "accounts",
                "account",
            ),
            (f"{VERSION}[[route]]\ncontrols = ['S3']\nchannel = 'C0123456789'\n", 3, "controls", "control"),
            (
                f"{VERSION}[[route]]\nseverities = ['BAD']\nchannel = 'C0123456789'\n",
                3,
                "severities",
                "choice",
            ),
            (
                f"{VERSION}[[route]]\nrepositories = ['acme app']\nchannel = 'C0123456789'\n",
                3,
                "repositories",
                "repository",
            ),
            (
                f"{VERSION}[[route]]\nrepositories = 'a/b'\nowners = 'x'\nchannel = 'C0123456789'\n",
                2,
                "repositories",
                "repository-alone",
            ),
            (f"{VERSION}[mention]\nhow = 'shout'\n", 3, "how", "choice"),
            (f"{VERSION}[mention]\nat_most = 51\n", 3, "at_most", "number"),
            (f"{VERSION}[mention]\nat_most = true\n", 3, "at_most", "number"),
            (f"{VERSION}[mention]\nunowned = '@security'\n", 3, "unowned", "slack-id"),
            (f"{VERSION}[mention]\nmark_notified = 'true'\n", 3, "mark_notified", "boolean"),
            (f"{VERSION}[sla]\nHIGH = 0\n", 3, "HIGH", "number"),
            (f"{VERSION}[sla]\nHIGH = 1\nhigh = 2\n", 4, "high", "twice"),
            (f"{VERSION}[sla]\nBAD = 1\n", 3, "BAD", "choice"),
        ],
    )
    def test_error_names_line_and_key(self, text: str, line: int, key: str, hint: str) -> None:
        """Each error has the line, the key and a remedy."""
        values = one_wrong(text)

        assert (str(line), key, f"routing-{hint}") == (values["line"], values["entry"], values["hint"])

    @pytest.mark.parametrize(
        ("data", "values"),
        [
            (b"#" * (MOST_BYTES + 1), {"hint": "routing-too-large"}),
            (b"#" * 5_000_000, {"hint": "routing-too-large"}),
            (b"\n" + b"a." * MOST_LINE_BYTES, {"hint": "routing-long-line", "line": "2"}),
            ("version = 1 # é".encode("latin-1"), {"hint": "routing-encoding"}),
            (WHOLE.encode("utf-16"), {"hint": "routing-encoding"}),
            (b"version = 1\n[accounts\n", {"hint": "routing-syntax", "line": "2"}),
            (b"version = 1\nx = 012345678901\n", {"hint": "routing-syntax", "line": "2"}),
            (b"version = 1\nx = @alice\n", {"hint": "routing-syntax", "line": "2"}),
            (b'version = 1\nx = """\n', {"hint": "routing-syntax", "line": "2"}),
            (b"x = [\n" * 900, {"hint": "routing-syntax"}),
            (b"x = " + b"[" * 1900, {"hint": "routing-syntax"}),
        ],
    )
    def test_file_that_is_no_toml_is_refused(self, data: bytes, values: dict[str, str]) -> None:
        """A file that is too large or no TOML has one error."""
        (error,) = wrong(data)

        assert isinstance(error, RoutingFileError)
        assert values.items() <= error.values.items()

    def test_all_errors_are_collected(self) -> None:
        """A person corrects a file in one go."""
        text = WHOLE.replace('"dm"', '"shout"').replace("= 7", "= -7").replace('"S0123456789"', '"S01"')

        assert ["platform", "基盤", "how", "CRITICAL"] == [error.values["entry"] for error in wrong(text)]

    def test_first_error_is_raised(self) -> None:
        """A reader that needs a whole file gets the first error."""
        with pytest.raises(RoutingError) as caught:
            parse_routing(WHOLE.replace('"dm"', '"shout"').encode())

        assert "how" == caught.value.values["entry"]

    def test_entries_that_lead_in_circles_are_refused(self) -> None:
        """An entry that is the name of another one has its contact, unless that leads back."""
        values = wrong(f"{VERSION}[people]\na = 'b'\nb = 'c'\nc = 'b'\n")

        assert ["a → b → c → b", "b → c → b", "c → b → c"] == [error.values["path"] for error in values]

    def test_long_chain_of_entries_ends(self) -> None:
        """Thousands of entries that name one another take no noticeable time."""
        chain = "".join(f"p{number} = 'p{number + 1}'\n" for number in range(9000))

        assert {"routing-contact"} == {
            error.values["hint"] for error in wrong(f"{VERSION}[people]\n{chain}p9000 = 'U0123456789'\n")
        }

    def test_routes_are_limited(self) -> None:
        """Each row is compared with each route."""
        route = "[[route]]\nowners = ['web']\nchannel = 'C0123456789'\n"

        assert [] == wrong(VERSION + route * MOST_ROUTES)
        assert "routing-list" == one_wrong(VERSION + route * (MOST_ROUTES + 1))["hint"]

    @pytest.mark.parametrize("locale", Locale)
    def test_every_error_is_a_sentence(self, locale: Locale) -> None:
        """Errors are explained at a shell and in Slack, where nothing of the file becomes a mention."""
        text = f'{VERSION}"<!channel>" = 1\n[people]\n"<!here>" = "<@U0123456789>"\n'
        for error in wrong(text):
            assert error.values["line"] in explain_in_shell(error, locale)
            assert "<" not in explain_in_slack(error, locale).replace("&lt;", "")

    @given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode(errors="replace")))
    def test_any_bytes_are_read_or_refused(self, data: bytes) -> None:
        """No file makes the reader fail."""
        assert isinstance(check_routing(data).routing, Routing)

    @given(
        st.integers(0, len(WHOLE)),
        st.sampled_from(["", "=", "[", '"', "x", "\n", "[[", "0"]),
        st.integers(0, 9),
    )
    def test_damaged_file_is_read_or_refused(self, start: int, put: str, size: int) -> None:
        """A file with a slip of the pen is right, or has errors with lines that it has."""
        text = WHOLE[:start] + put + WHOLE[start + size :]

        for error in wrong(text):
            assert 1 <= int(error.values.get("line", 1)) <= len(text.split("\n"))


OWNERS, ACCOUNTS, SEVERITIES, CONTROLS = ["a", "b"], ["1", "2"], list(Severity)[:2], ["s3.8", "s3.1"]
VALUES = [st.sampled_from(values) for values in (OWNERS, ACCOUNTS, SEVERITIES, CONTROLS)]
ROUTES = st.builds(Route, st.just("C0123456789"), *(st.frozensets(value) for value in VALUES))


def matches(route: Route, row: tuple[str, str, Severity, str]) -> bool:
    """Compare a row with each condition of a route."""
    conditions = route.owners, route.accounts, route.severities, route.controls
    return all(not condition or value in condition for condition, value in zip(conditions, row, strict=True))


class TestRepositories:
    """Routes of checks before deployment."""

    ROUTING = parse_routing(
        b"""version = 1
[[route]]
repositories = ["acme/app", "ACME/web-*"]
channel = "C0000000001"
[[route]]
repositories = "acme/*"
channel = "C0000000002"
"""
    )

    @pytest.mark.parametrize(
        ("repository", "channel"),
        [
            ("acme/app", "C0000000001"),
            ("Acme/App", "C0000000001"),
            ("acme/web-shop", "C0000000001"),
            ("acme/application", "C0000000002"),
            ("acme", ""),
            ("other/app", ""),
        ],
    )
    def test_first_route_of_a_repository_counts(self, repository: str, channel: str) -> None:
        """A name is compared as a whole and without regard to case, up to an asterisk at its end."""
        assert channel == self.ROUTING.channel_of_repository(repository)

    def test_rows_of_scans_are_not_taken(self) -> None:
        """A route of repositories has no row of a scan, whatever the row is."""
        assert None is RouteTable(self.ROUTING.routes).first(("web",), "123456789012", Severity.HIGH, "S3.8")


class TestRouting:
    """What follows from a file."""

    def test_lookup_uses_the_file(self) -> None:
        """Tags, accounts and resources of the file decide about the owners of a finding."""
        lookup = parse_routing(WHOLE.encode()).lookup()

        by_tag = lookup.owners_of(a_finding(tags=(("COSTCENTER", "Jenkins"), ("team", "web"))))
        by_account = lookup.owners_of(a_finding(account_id="012345678901", tags=(("Owner", "web"),)))
        assert (("web",), Source.TAG) == by_tag[:2]
        assert (("platform",), Source.ACCOUNT) == by_account[:2]

    def test_kept_tags_are_those_of_the_file(self) -> None:
        """A finding keeps the tags that the file names, and those of its stack."""
        kept = parse_routing(WHOLE.encode()).kept_tags

        assert {"costcenter", "team"} < kept
        assert "owner" not in kept
        assert "aws:cloudformation:stack-name" in kept & Routing().kept_tags

    @pytest.mark.parametrize(
        ("owners", "account", "severity", "control", "channel"),
        [
            (["Platform"], "1", Severity.LOW, "S3.1", "C0123456789"),
            (["x", "team web"], "012345678901", Severity.HIGH, "S3.8", "C0123456789"),
            (["x"], "012345678901", Severity.HIGH, "S3.8", "G0123456789"),
            (["x"], "012345678901", Severity.LOW, "S3.8", None),
            (["x"], "012345678901", Severity.HIGH, "S3.1", None),
            (["x"], "210987654321", Severity.HIGH, "S3.8", None),
            ([], "210987654321", Severity.HIGH, "S3.8", None),
        ],
    )
    def test_first_route_that_matches_takes_row(
        self, owners: list[str], account: str, severity: Severity, control: str, channel: str | None
    ) -> None:
        """All conditions of a route hold, that of the owners for any of them; without a route it is None."""
        route = RouteTable(parse_routing(WHOLE.encode()).routes).first(
            tuple(owners), account, severity, control
        )

        assert channel == (route.channel if route else None)

    @given(st.lists(ROUTES, max_size=8), st.lists(st.tuples(*VALUES), max_size=8))
    def test_table_equals_comparing_each_row_with_each_route(
        self, routes: list[Route], rows: list[tuple[str, str, Severity, str]]
    ) -> None:
        """The table finds the route that a look at one route after the other finds, for row after row."""
        table = RouteTable(routes)
        for row in rows:
            expected = next((route for route in routes if matches(route, row)), None)
            owner, account, severity, control = row

            assert table.first((owner, "nobody else"), account, severity, control.upper()) is expected


def test_yaml_would_corrupt_what_toml_refuses() -> None:
    """TOML refuses an account ID without quotes that begins with 0."""
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads("account = 012345670123")
