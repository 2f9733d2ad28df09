"""The settings: one table, for reading the environment and for checking the documents and the template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from math import inf
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.errors import InvalidSettingError, MissingSettingError
from bot.i18n import Locale


class Setting(NamedTuple):
    """One environment variable."""

    name: str
    default: str
    help: str
    choices: tuple[str, ...] = ()
    """Its possible values; empty if any value is possible."""


SETTINGS = (
    Setting("SLACK_SECRET_ID", "", "Secrets Manager secret, name or ARN: JSON, `token` and `signing_secret`"),
    Setting("SLACK_CHANNEL", "", "ID of the channel of the scheduled report"),
    Setting("SLACK_API_URL", "https://slack.com/api/", "base of Slack's Web API"),
    Setting(
        "ENVIRONMENT_NAME",
        "",
        "the name that reports give to what they cover, such as production; without it, the account ID",
    ),
    Setting(
        "TARGET_CONTROL_IDS",
        "",
        "controls and services of the scheduled report, in the words of `/sechub-scan`",
    ),
    Setting("REPORT_BUCKET", "", "S3 bucket for reports and the ledger"),
    Setting(
        "REPORT_LOCALE",
        "ja",
        f"{' or '.join(f'`{locale}`' for locale in Locale)}, for channel reports; "
        "private replies follow the person",
        choices=tuple(map(str, Locale)),
    ),
    Setting("READ_ALLOWED", "", "who may scan: IDs as for `ACT_ALLOWED`; without it, every member"),
    Setting(
        "ACT_ALLOWED",
        "",
        "who may change findings: IDs of user groups, people and channels; without it, nobody",
    ),
    Setting(
        "SHARED_CHANNELS",
        "",
        "IDs of channels that another organization can read and that get reports all the same",
    ),
    Setting(
        "CHECK_LINK_HOSTS",
        "github.com,gitlab.com",
        "hosts of CI to whose runs a report before deployment may link, separated by commas",
    ),
    Setting("TIME_ZONE", "Asia/Tokyo", "IANA time zone in which the last day of a suppression ends"),
    Setting("JOB_FUNCTION", "", "name or ARN of the job function"),
    Setting(
        "DURABLE_EXECUTION",
        "true",
        "`false` where the job function is not durable: its executions then get no name",
        choices=("true", "false"),
    ),
    Setting("CUSTOM_ACTION_ID", "SendToSlack", "ID of the custom action in Security Hub's console"),
    Setting(
        "CUSTOM_ACTION_RULE", "", "EventBridge rule of the custom action, for the check of the deployment"
    ),
    Setting("CHECK_RULE", "", "EventBridge rule of the checks before deployment, for the same"),
    Setting("SCHEDULE_GROUP", "", "group of the schedules, for the same"),
    Setting(
        "GET_FINDINGS_RATE",
        "2.5",
        "GetFindings calls a second in each Region; Security Hub takes 3 in an account and Region",
    ),
    Setting(
        "LINKED_REGIONS",
        "",
        "the linked Regions in which large scans read too, such as `us-east-1,us-west-2`; `off` for none; "
        "without it, all",
    ),
    Setting("BATCH_UPDATE_FINDINGS_RATE", "8", "BatchUpdateFindings calls a second, of 10"),
)

_DEFAULTS = {setting.name: setting.default for setting in SETTINGS}
_CHOICES = {setting.name: setting.choices for setting in SETTINGS}


class Settings:
    """The settings of an environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._values = {name: environ.get(name, "").strip() or default for name, default in _DEFAULTS.items()}

    def get(self, name: str) -> str:
        """
        Return a setting, or its default. An unknown name is a KeyError.

        Raises:
            InvalidSettingError: it is none of its choices.
        """
        value = self._values[name]
        if value not in (_CHOICES[name] or (value,)):
            raise InvalidSettingError(setting=name, choices=", ".join(_CHOICES[name]))
        return value

    def number(self, name: str) -> float:
        """
        Return a setting that is a number above 0.

        Raises:
            InvalidSettingError: it is not.
        """
        with suppress(ValueError):
            number = float(self.get(name))
            if 0 < number < inf:
                return number
        raise InvalidSettingError(setting=name, choices="a number above 0")

    def time_zone(self) -> ZoneInfo:
        """
        Return TIME_ZONE.

        Raises:
            InvalidSettingError: no time zone has this name.
        """
        name = self.get("TIME_ZONE")
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):  # OSError: the name of a directory, such as "Asia"
            raise InvalidSettingError(setting="TIME_ZONE", choices="a name such as Europe/Paris") from None

    def require(self, names: Iterable[str]) -> None:
        """
        Check that settings have values, all at once, so that one deployment can set them all.

        Raises:
            MissingSettingError: names all absent settings.
        """
        absent = [name for name in names if not self.get(name)]
        if absent:
            raise MissingSettingError(settings=", ".join(absent))
