"""The control catalogue."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.control import CONTROL_ID, bundled_catalogue, resolve_standards
from bot.errors import StandardDisabledError, UnknownControlError, UnknownStandardError
from tests.builders import CATALOGUE, some_standards


class TestCatalogue:
    """Resolving what people type."""

    @pytest.mark.parametrize(
        ("typed", "control_id"),
        [
            ("s3.1", "S3.1"),
            ("S3.1", "S3.1"),
            ("autoscaling.5", "Autoscaling.5"),
            ("AUTOSCALING.5", "Autoscaling.5"),
        ],
    )
    def test_control_gets_security_hubs_spelling(self, typed: str, control_id: str) -> None:
        """An ID in any case gets the spelling that Security Hub compares with."""
        assert (control_id,) == CATALOGUE.resolve([typed])

    def test_two_spellings_of_one_control_are_one_control(self) -> None:
        """Two spellings of one control are one control."""
        assert ("S3.1", "S3.8") == CATALOGUE.resolve(["s3.1", "S3.8", "S3.1"])

    def test_typo_names_nearest_control(self) -> None:
        """CR.1, a typo in the article that this bot comes from, is answered with ECR.1."""
        with pytest.raises(UnknownControlError) as caught:
            CATALOGUE.resolve(["S3.1", "CR.1"])

        assert {"control": "CR.1", "nearest": "ECR.1"} == caught.value.values

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            (["s3.*"], ("S3.*",)),
            (["S3.8", "s3.*", "EC2.19"], ("S3.*", "EC2.19")),
            (["autoscaling.*"], ("AutoScaling.*", "Autoscaling.*")),
        ],
    )
    def test_service_gets_each_of_its_spellings(self, typed: list[str], words: tuple[str, ...]) -> None:
        """A service has one word for each spelling of its controls, and includes a control of it."""
        assert words == bundled_catalogue().resolve(typed)

    @pytest.mark.parametrize(
        ("word", "nearest"),
        [
            ("S33.*", "S3"),
            ("lamda.*", "Lambda"),
            ("dynamo.*", "DynamoDB"),
            ("VPC.*", "EC2"),
            ("kafka.*", "MSK"),
        ],
    )
    def test_unknown_service_names_nearest_service(self, word: str, nearest: str) -> None:
        """A misspelt service, or a thing of another, is answered with the nearest service, never scanned."""
        with pytest.raises(UnknownControlError) as caught:
            bundled_catalogue().resolve([word])

        assert word.removesuffix(".*") == caught.value.values["control"]
        assert nearest == caught.value.values["nearest"].split(", ")[0]

    def test_services_are_found_by_their_beginning(self) -> None:
        """A search finds the services that begin so, each once, with the number of their controls."""
        assert [("EC2", 1), ("ECR", 1)] == CATALOGUE.services("ec")
        assert ("AutoScaling", 7) in bundled_catalogue().services("auto")
        assert [] == CATALOGUE.services(" ")

    def test_unlike_id_has_no_suggestion(self) -> None:
        """Where nothing looks alike nothing is offered."""
        with pytest.raises(UnknownControlError) as caught:
            CATALOGUE.resolve(["Zzzzzzzz.999"])

        assert "" == caught.value.values["nearest"]

    def test_control_newer_than_bundled_list_stays_as_it_was_typed(self) -> None:
        """A control newer than the bundled list stays as it was typed."""
        assert "Bedrock.99" == CATALOGUE.canonical("Bedrock.99")

    def test_search_lists_id_prefixes_first(self) -> None:
        """Controls whose ID begins with the text come before those that hold it elsewhere."""
        assert ["EC2.19", "ECR.1"] == [control.id for control in CATALOGUE.search("ec", 2)]

    def test_word_of_title_finds_control(self) -> None:
        """A word of a title finds the control."""
        assert ["ECR.1"] == [control.id for control in CATALOGUE.search("image SCANNING", 10)]


FSBP = "standards/aws-foundational-security-best-practices/v/1.0.0"
CIS_1_2 = "ruleset/cis-aws-foundations-benchmark/v/1.2.0"
CIS_1_4 = "standards/cis-aws-foundations-benchmark/v/1.4.0"


class TestStandards:
    """Resolving the standards that people name."""

    @pytest.mark.parametrize(
        ("word", "ids"),
        [
            ("fsbp", [FSBP]),
            ("aws-foundational-security-best-practices", [FSBP]),
            ("cis-1.4", [CIS_1_4]),
            ("CIS/v1.2.0", [CIS_1_2]),
            (f"arn:aws:securityhub:::{CIS_1_2}", [CIS_1_2]),
            (CIS_1_4, [CIS_1_4]),
            ("cis", [CIS_1_2, CIS_1_4]),
        ],
    )
    def test_name_with_or_without_version_is_resolved(self, word: str, ids: list[str]) -> None:
        """A short or long name means the enabled versions, or the one that is named."""
        assert tuple(ids) == resolve_standards([word], some_standards())

    @pytest.mark.parametrize("word", ["pci", "cis-3", "cis3.0.0"])
    def test_standard_that_is_not_enabled_is_an_error(self, word: str) -> None:
        """A standard that is not enabled has no findings, which must not look clean."""
        with pytest.raises(StandardDisabledError) as caught:
            resolve_standards(["fsbp", word], some_standards())

        assert {"standard": word, "enabled": "fsbp-1.0.0, cis-1.2.0, cis-1.4.0"} == caught.value.values

    @pytest.mark.parametrize("word", ["iso", "cis-9", "fsb", "cis-1.40", "c"])
    def test_unknown_standard_is_an_error(self, word: str) -> None:
        """A standard that does not exist, or not in this version, is answered with all of them."""
        with pytest.raises(UnknownStandardError, match=r"pci-4\.0\.1"):
            resolve_standards([word], some_standards())


class TestBundledCatalogue:
    """The catalogue that ships with the bot."""

    def test_bundled_catalogue_has_all_of_its_file(self) -> None:
        """All 523 controls of the file are there, in the form that the grammar takes."""
        controls = bundled_catalogue().controls

        assert 523 == len(controls)
        assert all(CONTROL_ID.fullmatch(control.id) for control in controls)

    @given(st.sampled_from(bundled_catalogue().controls).map(lambda control: control.id))
    def test_ids_are_unique_in_any_case(self, control_id: str) -> None:
        """No two IDs differ by case only, or resolving would guess."""
        assert control_id == bundled_catalogue().canonical(control_id.swapcase())

    def test_cr_1_is_ecr_1(self) -> None:
        """Among all the controls, too, ECR.1 is the nearest to CR.1."""
        assert "ECR.1" == bundled_catalogue().nearest("CR.1")[0]
