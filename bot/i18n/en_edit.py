"""English: what is said of an edited CSV."""

ENGLISH_EDIT = {
    # Messages
    "command.apply-not-started": "⚠️ The changes of the CSV could not be applied. {reason}",
    "edit.found": "📝 {name} by {person} is to change {count} findings.",
    "edit.found.one": "📝 {name} by {person} is to change {count} finding.",
    "edit.not-yet": "Nothing has been changed yet.",
    "edit.nothing": "📝 {name} by {person} asks for no change that can be applied. Nothing has been changed.",
    "edit.maybe-posted": "⚠️ Slack broke off while the changes of your CSV were being posted to the thread in {channel}. "
    "If they are not there, drop the file again.",
    "edit.applied": "✅ {person} applied it, which changed {count} findings ({time})",
    "edit.applied.one": "✅ {person} applied it, which changed {count} finding ({time})",
    "act.noted": "📝 {person} rewrote the notes of {count} findings, {time}",
    "act.noted.one": "📝 {person} rewrote the note of 1 finding, {time}",
    "edit.skipped": "{count} findings were left alone: they have changed since, or were so already",
    "edit.skipped.one": "1 finding was left alone: it has changed since, or was so already",
    "edit.begun": "{person} is applying these changes already.",
    "edit.refused": "⚠️ {name} by {person} could not be read. Nothing has been changed. {reason}",
    "edit.change.status": "to {status}",
    "edit.change.note": "note {note}",
    "edit.change.both": "to {status}, note {note}",
    "edit.note-only": "note only",
    "edit.more": "… and {count} more",
    "edit.by-control": "By control",
    "edit.by-account": "By account",
    "edit.rows": "{count} rows, {unchanged} of them unchanged",
    "edit.rows.one": "{count} row, {unchanged} of them unchanged",
    "edit.without-status": "without a status column no status changes",
    "edit.without-note": "without a note column no note changes",
    "edit.as-of": "Compared with the report of {time}. A finding whose status has changed since is left alone, and the "
    "result says so.",
    "edit.wrong": "⚠️ {count} rows are left out",
    "edit.wrong.one": "⚠️ {count} row is left out",
    "edit.wrong.row": "• row {row} — {reason}",
    "edit.wrong.report": "of another report ({text})",
    "edit.wrong.unknown": "the report has no such finding: {text}",
    "edit.wrong.twice": "another row asks for something else for the same finding: {text}",
    "edit.wrong.status": "not a status: {text}",
    "edit.wrong.note-missing": "no new note says why it is to be SUPPRESSED: {text}",
    "edit.wrong.note-long": "the note is longer than 512 characters: {text}",
    "edit.wrong.note-removed": "a note cannot be removed, only replaced: {text}",
    "edit.apply": "Apply to {count} findings",
    "edit.apply.one": "Apply to {count} finding",
    "edit.confirm.title": "Apply the changes of the CSV?",
    "edit.confirm.text": "This changes {count} findings in Security Hub: {totals}.",
    "edit.confirm.text.one": "This changes {count} finding in Security Hub: {totals}.",
    "edit.confirm.partly": "This changes {count} findings in Security Hub: {totals}. Rows that are left out: {wrong}.",
    "edit.confirm.partly.one": "This changes 1 finding in Security Hub: {totals}. Rows that are left out: {wrong}.",
    "edit.confirm.yes": "Apply",
    "edit.confirm.no": "Cancel",
    # Columns
    "csv.note": "Note",
    "csv.report-id": "Report ID",
    # Words for a status that a CSV may have, besides Security Hub's own
    "csv.status.new": "reopen",
    "csv.status.notified": "notify",
    "csv.status.suppressed": "suppress",
    "csv.status.resolved": "resolve",
    # What is wrong with an edited CSV
    "hint.columns-missing": "It lacks these columns: {columns}",
    "hint.columns-twice": "It has these columns more than once: {columns}",
    # Errors, by code
    "error.file-over-limit": "The file is too large: {most} MB at most. Keep only the rows that you have edited, and the "
    "columns status, note, finding ID, product ARN and report ID.",
    "error.file-elsewhere": "The file is not in Slack, but in another service. Download it, and drop the CSV itself.",
    "error.file-not-text": "The file is not a CSV. In Excel, save it as “CSV UTF-8 (Comma delimited)”.",
    "error.file-encoding": "The encoding of the file cannot be told for certain. In Excel, save it as "
    "“CSV UTF-8 (Comma delimited)”.",
    "error.file-malformed": "The file cannot be read from row {row} on: a quote is not closed, a cell or a row is far too "
    "long, or there are more than a million rows.",
    "error.file-columns": "{hint}. Keep the names of the columns as they are in the report's CSV.",
    "error.file-report": "The file is of another report. Drop it into that report's thread, or edit the CSV of this one.",
    "error.file-changes": "The file has too many different combinations of status, note and the note before: {most} at most. "
    "Use the same note for several findings, or make several files.",
}
