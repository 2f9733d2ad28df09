"""What holds for every template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.check.engine import judge_template
from bot.check.template import Template
from bot.check.values import Block, Value, block_of
from bot.domain.check_result import Status
from tests.unit.check.cases import BY_TYPE, CASES, PARAMETER, Case, cases_of, document_of

Path = tuple[str | int, ...]

ALL = [(kind, case) for name in CASES for _, kind, cases in [cases_of(name)] for case in cases]

documents = st.sampled_from(ALL).map(lambda pair: document_of(*pair))

scalars = st.sampled_from(["true", "false", "", "*", "a", "0", "-1", "22", "0.0.0.0/0", None])
functions = st.sampled_from(
    [
        {"Ref": "P"},
        {"Ref": "R"},
        {"Ref": "AWS::NoValue"},
        {"Fn::GetAtt": ["R", "Arn"]},
        {"Fn::Sub": "${R}-${P}/*"},
        {"Fn::If": ["Undecided", "true", {"Ref": "AWS::NoValue"}]},
        {"Fn::Join": ["", ["*", {"Ref": "P"}]]},
        {"Fn::Unheard": []},
    ]
)


def paths(value: Value, path: Path = ()) -> Iterator[Path]:
    """Yield the path of each value in a value."""
    yield path
    entries: Any = (
        value.items() if isinstance(value, Block) else enumerate(value if isinstance(value, list) else ())
    )
    for key, inner in entries:
        yield from paths(inner, (*path, key))


def replaced(value: Value, path: Path, new: Value) -> Value:
    """Return a copy with another value at a path."""
    if not path:
        return new
    if isinstance(value, Block):
        return block_of((k, replaced(v, path[1:], new) if k == path[0] else v) for k, v in value.items())
    return [replaced(v, path[1:], new) if k == path[0] else v for k, v in enumerate(value)]


def properties_of(document: Block) -> list[Path]:
    """Return the paths of all values in the properties of a template's resources."""
    resources = document["Resources"]
    return [
        ("Resources", name, "Properties", *path)
        for name, resource in resources.items()
        for path in paths(resource.get("Properties"))
        if path
    ]


def statuses(document: Block) -> dict[tuple[str, str], Status]:
    """Judge a template: the status by logical ID and control."""
    template = Template("t", document, {})
    return {(each.logical_id, each.control.id): each.status for each in judge_template(template, BY_TYPE)}


def as_blocks(value: Any) -> Value:
    """Make mappings with lines of plain ones."""
    if isinstance(value, dict):
        return block_of((str(key), as_blocks(inner)) for key, inner in value.items())
    return [as_blocks(each) for each in value] if isinstance(value, list) else value


def reordered(value: Value) -> Value:
    """Turn the order of all keys round."""
    if isinstance(value, Block):
        return block_of((key, reordered(inner)) for key, inner in reversed(value.items()))
    return [reordered(each) for each in value] if isinstance(value, list) else value


@given(st.data())
def test_unknown_value_makes_nothing_fail(data: st.DataObject) -> None:
    """If any values are only known at deployment, no control fails that has not failed before."""
    document = data.draw(documents)
    before = statuses(document)
    for _ in range(data.draw(st.integers(1, 3))):
        places = properties_of(document)
        if places:
            document = replaced(document, data.draw(st.sampled_from(places)), PARAMETER)

    failed = {pair for pair, status in statuses(document).items() if status is Status.FAILED}
    assert failed <= {pair for pair, status in before.items() if status is Status.FAILED}


@given(documents, st.sampled_from(["Tags", "Description", "Zzz"]), scalars)
def test_unrelated_property_changes_nothing(document: Block, name: str, value: Value) -> None:
    """A property that no rule reads changes no verdict."""
    subject = document["Resources"]["R"]
    entries = dict(subject["Properties"] or {})
    changed = replaced(document, ("Resources", "R", "Properties"), block_of({**entries, name: value}.items()))

    assert statuses(document) == statuses(changed)


@given(documents)
def test_order_of_keys_changes_nothing(document: Block) -> None:
    """The order of keys changes no verdict."""
    assert statuses(document) == statuses(reordered(document))


@given(
    st.sampled_from(ALL),
    st.recursive(
        scalars | functions,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        ),
        max_leaves=6,
    ),
    st.data(),
)
def test_no_form_of_a_value_is_a_fault(pair: tuple[str, Case], value: Any, data: st.DataObject) -> None:
    """Each rule answers for a value of any form."""
    document = document_of(*pair)
    places = [("Resources", "R", "Properties"), *properties_of(document)]

    assert statuses(replaced(document, data.draw(st.sampled_from(places)), as_blocks(value))) is not None
