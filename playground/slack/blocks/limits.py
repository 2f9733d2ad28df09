"""
Block Kit's numbers. Lengths are in characters.

Source: https://docs.slack.dev/reference/block-kit, read 2026-11, and the slackblocks package, whose numbers
tests/slack compares with these. Where sources differ, the lower number stands, with both named.
"""

BLOCKS = {"message": 50, "modal": 100, "home": 100}
IDENTIFIER = 255
"""block_id, action_id, callback_id, external_id."""
PLACEHOLDER = 150

SECTION_TEXT = 3000
SECTION_FIELDS = 10
FIELD_TEXT = 2000
HEADER_TEXT = 150
CONTEXT_ELEMENTS = 10
TEXT = 3000
"""Any text object that has no limit of its own."""
ACTIONS_ELEMENTS = 25
CONTEXT_ACTIONS = 5
LABEL = 2000
"""The label of an input, and its hint."""
MARKDOWN_TEXT = 12_000
"""All markdown blocks of a message together."""
ALERT_TEXT = 200

IMAGE_URL = 3000
IMAGE_TEXT = 2000
"""alt_text and title."""
VIDEO_TITLE = 199
"""200 in the documentation and slackblocks; slack_sdk refuses 200."""
VIDEO_DESCRIPTION = 200
VIDEO_AUTHOR = 49
"""50 in the documentation; slack_sdk refuses 50."""

BUTTON_TEXT = 75
BUTTON_VALUE = 2000
BUTTON_URL = 3000
BUTTON_LABEL = 75
"""accessibility_label."""
AGENT_PROMPT = 4000
VISIBLE_TO = 10

OPTIONS = 100
OPTION_GROUPS = 100
OPTION_TEXT = 75
OPTION_VALUE = 150
OVERFLOW_OPTIONS = 5
BOX_OPTIONS = 10
"""Checkboxes and radio buttons."""
INPUT_TEXT = 3000
FILES = 10
RICH_TEXT_LINES = 100
FILE_TYPES = 100

CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30

TABLE_ROWS = 100
TABLE_COLUMNS = 20
TABLE_TEXT = 10_000
"""All cells together."""
TABLES = 1
"""table and data_table together, in a message: only_one_table_allowed."""
DATA_TABLE_ROWS = 101
"""With its header row; 201 in slackblocks."""
DATA_TABLE_TEXT = 20_000
PAGE_SIZE = 100

CHARTS = 2
"""In a message."""
CHART_TITLE = 50
CHART_LABEL = 20
CHART_SERIES = 6
"""Series, and segments of a pie; 12 in slackblocks."""
CHART_POINTS = 20
AXIS_LABEL = 50

CARD_TITLE = 150
CARD_TEXT = 200
CARD_ACTIONS = 3
CARDS = 10
CONTAINER_TITLE = 150
CONTAINER_BLOCKS = 10
PLAN_TASKS = 50

VIEW_TITLE = 24
"""title, submit and close."""
PRIVATE_METADATA = 3000
