"""
The words of a history.

```text
S3.8                  a control, a service such as S3, or a resource by ARN, ID or name
account:123456789012  and any of these options: of the finding that was changed
region:ap-northeast-1
since:7d              changed within 7 days
```
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.audit import AuditEntry
from bot.domain.command import listed, split_option, words
from bot.domain.words.values import is_number, read_account, read_days, read_region, shown
from bot.errors import CommandError

OTHER_OPTIONS = ("severity", "status", "tag", "standard", "owner")
"""Options of a scan that entries of the audit log do not tell."""


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """The question of a history."""

    subject: str
    """A control ID, a service, or a resource's ID, name or ARN, as typed."""
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    since_days: int = 0
    """Only changes of so many days; 0 narrows nothing."""

    def has(self, entry: AuditEntry, now: datetime) -> bool:
        """Return whether the options include a change of the subject."""
        is_recent = not self.since_days or datetime.fromisoformat(entry.at) >= now - timedelta(
            self.since_days
        )
        is_there = not self.regions or entry.region in self.regions
        return is_recent and is_there and (not self.accounts or entry.account_id in self.accounts)

    @property
    def options(self) -> str:
        """Its options as words; empty if it has none."""
        given = {
            "account": ",".join(self.accounts),
            "region": ",".join(self.regions),
            "since": f"{self.since_days}d" if self.since_days else "",
        }
        return " ".join(f"{name}:{value}" for name, value in given.items() if value)


def parse_history(text: str) -> HistoryQuery:
    """
    Read the words of a history; words that are no option are the subject.

    Raises:
        CommandError: there is no subject, an option has no value or a wrong one, or a history cannot be
            narrowed by it.
    """
    subject: list[str] = []
    options: dict[str, list[str]] = {}
    for word in words(text):
        name, value = split_option(word)
        if name in OTHER_OPTIONS:
            raise CommandError(text=shown(name), hint="history-option")
        if name == "resource":
            subject.append(value)
        elif name:
            options.setdefault(name, []).extend(listed([value], name))
        else:
            subject.append(word)
    if not subject:
        raise CommandError(text="", hint="history-subject")
    named = [account for account in options.get("account", ()) if not is_number(account)]
    if named:
        raise CommandError(text=shown(named[0]), hint="history-account")
    return HistoryQuery(
        " ".join(subject),
        tuple(dict.fromkeys(map(read_account, options.get("account", ())))),
        tuple(dict.fromkeys(map(read_region, options.get("region", ())))),
        min(map(read_days, options.get("since", ())), default=0),
    )
