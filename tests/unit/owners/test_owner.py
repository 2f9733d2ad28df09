"""The owner of a row."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Resource
from bot.domain.owners.owner import (
    NOBODY,
    NOT_OWNERS,
    SEPARATOR,
    OwnerLookup,
    Ownership,
    Source,
    clean,
    comparable,
    split_names,
)
from tests.builders import a_finding

TEXT = st.text(st.characters(), max_size=300)
HOSTILE = st.text(
    st.sampled_from("aBé ー担,;/:@-.\n\t\x00\u200b\u200d\u202e\u2066\ufeff\u3164\ufe0f\u0308Ａ；／：､\ud800"),
    max_size=40,
)
ANY = TEXT | HOSTILE


class TestClean:
    """A name for people to read."""

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("  platform\t team \r\n", "platform team"),
            ("ｐｌａｔｆｏｒｍ", "platform"),
            ("基盤チーム", "基盤チーム"),
            ("ｷﾊﾞﾝ", "キバン"),
            ("plat\u200bform\ufeff", "platform"),
            ("\u202emroftalp\u202c", "mroftalp"),
            ("plat\x00form", "plat form"),
            ("a\u3164b\ufe0f", "ab"),
            ("a\ud800b", "ab"),
            ("x" * 300, "x" * 256),
        ],
    )
    def test_removes_what_nobody_sees(self, text: str, name: str) -> None:
        """Margins, invisible characters and marks of direction are gone, and wide letters are usual ones."""
        assert name == clean(text)

    @given(ANY)
    def test_name_is_one_short_line(self, text: str) -> None:
        """No name has a control, a format character or a surrogate, or more than 256 characters."""
        name = clean(text)

        assert len(name) <= 256
        assert not {"Cc", "Cf", "Cs", "Zl", "Zp"} & {unicodedata.category(c) for c in name}
        assert name == name.strip()

    @given(ANY)
    def test_clean_name_stays_as_it_is(self, text: str) -> None:
        """Cleaning twice is cleaning once."""
        assert clean(text) == clean(clean(text))

    @given(ANY)
    def test_spellings_compare_equal(self, text: str) -> None:
        """Case, margins and the form of Unicode do not make another owner."""
        name = clean(text)

        assert comparable(name) == comparable(f" {name} ")
        assert comparable(name) == comparable(unicodedata.normalize("NFC", text[:256]))


class TestSplitNames:
    """Several owners in one value."""

    @pytest.mark.parametrize(
        ("value", "names"),
        [
            ("platform", ("platform",)),
            ("platform, alice@example.com;web", ("platform", "alice@example.com", "web")),
            ("platform/web", ("platform", "web")),
            ("alice@example.com:bob@example.com", ("alice@example.com", "bob@example.com")),
            ("mailto:alice@example.com", ("alice@example.com",)),
            ("arn:aws:iam::123456789012:role/ops, web", ("arn:aws:iam::123456789012:role/ops", "web")),
            ("https://wiki.example.com/teams/web:1", ("https://wiki.example.com/teams/web:1",)),
            ("基盤、ウェブ；決済", ("基盤", "ウェブ", "決済")),
            ("Platform; PLATFORM; ｐｌａｔｆｏｒｍ", ("Platform",)),
            (";;platform,,", ("platform",)),
            ("n/a, platform", ("platform",)),
            ("Terraform/platform", ("platform",)),
        ],
    )
    def test_separators_divide_names(self, value: str, names: tuple[str, ...]) -> None:
        """Each name counts once, and neither an e-mail address nor an ARN nor a URL is taken apart."""
        assert names == split_names(value)

    @pytest.mark.parametrize(
        "value",
        [
            "",
            " ",
            "-",
            "--",
            "n/a",
            "N/A",
            "ｎ／ａ",
            "None",
            "unknown",
            "TBD",
            "Terraform",
            "?",
            "不明",
            "\u200b",
        ],
    )
    def test_some_values_name_nobody(self, value: str) -> None:
        """A placeholder and a tool are no owner."""
        assert () == split_names(value)

    @given(ANY)
    def test_joined_names_split_again(self, value: str) -> None:
        """The cell of a CSV holds the same names as the tag."""
        names = split_names(value)

        assert names == split_names(SEPARATOR.join(names))

    @given(ANY)
    def test_no_name_is_ignored_value(self, value: str) -> None:
        """No name is empty, twice there, or a value that names nobody."""
        keys = [comparable(name) for name in split_names(value)]

        assert len(keys) == len(set(keys))
        assert all(keys)
        assert not NOT_OWNERS.intersection(keys)


def owners_of(lookup: OwnerLookup | None = None, **changes: object) -> Ownership:
    """Look up the owners of a finding."""
    return (lookup or OwnerLookup()).owners_of(a_finding(1, **changes))


FULL = OwnerLookup(
    resources={
        "arn:aws:s3:::bucket-1": ("exact",),
        "arn:aws:s3:::bucket-2*": ("short",),
        "arn:aws:s3:::bucket-22*": ("long",),
    },
    accounts={"123456789012": ("account-team",)},
)


class TestOwnerLookup:
    """The order of the rules."""

    def test_first_key_that_names_somebody_decides(self) -> None:
        """A placeholder under the first key does not hide the owner under the second."""
        tags = (("Contact", "ops"), ("TEAM", "web"), ("owner", "n/a"))

        assert Ownership(("web",), Source.TAG, "TEAM") == owners_of(tags=tags)

    def test_case_of_keys_decides_the_same_in_any_order(self) -> None:
        """Of `Owner` and `owner` the same one decides, however Security Hub orders them."""
        tags = (("owner", "bob"), ("Owner", "alice"))

        assert (
            Ownership(("alice",), Source.TAG, "Owner") == owners_of(tags=tags) == owners_of(tags=tags[::-1])
        )

    @pytest.mark.parametrize("tags", [(), (("Owner", "  "),), (("aws:cloudformation:stack-name", "web"),)])
    def test_resource_without_tag_is_nobodys(self, tags: tuple[tuple[str, str], ...]) -> None:
        """The reason is that there is no tag."""
        assert NOBODY == owners_of(tags=tags)

    def test_ignored_value_is_reason_of_its_own(self) -> None:
        """A reader of the report learns which tag to correct."""
        assert Ownership((), Source.IGNORED, "Owner") == owners_of(tags=(("Owner", "Terraform"),))

    def test_resource_entry_corrects_wrong_tag(self) -> None:
        """[resources] comes before the tags."""
        owned = owners_of(FULL, tags=(("Owner", "wrong"),))

        assert Ownership(("exact",), Source.RESOURCE, "arn:aws:s3:::bucket-1") == owned

    @pytest.mark.parametrize(
        ("resource", "name"),
        [
            ("bucket-2", "short"),
            ("bucket-21", "short"),
            ("bucket-221", "long"),
            ("bucket-12", "account-team"),
        ],
    )
    def test_longest_beginning_decides(self, resource: str, name: str) -> None:
        """An entry with an asterisk is of all IDs that begin with it; one without is of one ID only."""
        owned = owners_of(FULL, resources=(Resource(f"arn:aws:s3:::{resource}", "AwsS3Bucket"),))

        assert (name,) == owned.names

    def test_tag_comes_before_account(self) -> None:
        """A resource can belong to others than its account."""
        resource = (Resource("arn:aws:s3:::other", "AwsS3Bucket"),)

        assert ("web",) == owners_of(FULL, resources=resource, tags=(("Owner", "web"),)).names

    @pytest.mark.parametrize("tags", [(), (("Owner", "unknown"),)])
    def test_account_owns_the_rest(self, tags: tuple[tuple[str, str], ...]) -> None:
        """A finding about an account, which has no tags, goes by the account as well."""
        resource = (Resource("AWS::::Account:123456789012", "AwsAccount"),)

        expected = Ownership(("account-team",), Source.ACCOUNT, "123456789012")
        assert expected == owners_of(FULL, resources=resource, tags=tags)
        assert expected == FULL.owners_of_account("123456789012")

    def test_account_tag_comes_last(self) -> None:
        """The tag of the account decides if the routing file has no entry for the account."""
        by_tag = Ownership(("finance",), Source.ACCOUNT_TAG, "Owner")
        lookup = OwnerLookup(account_tag=lambda account: by_tag if account == "123456789012" else NOBODY)

        assert by_tag == owners_of(lookup)
        assert Ownership((), Source.IGNORED, "Owner") == owners_of(
            lookup, account_id="210987654321", tags=(("Owner", "tbd"),)
        )

    def test_name_is_found_in_any_spelling(self) -> None:
        """`has` compares as people read."""
        owned = owners_of(tags=(("Owner", "Platform, Web"),))

        assert owned.has(" ｐlatform")
        assert not owned.has("plat")
