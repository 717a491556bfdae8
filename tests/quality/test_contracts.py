"""Contracts: the official schema and examples, and round trips that lose nothing."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft201909Validator

from app.ingest.job import LogicalType
from app.quality import catalogue
from app.quality.contracts import document, reading, writing
from app.quality.contracts.differences import differences
from app.quality.contracts.document import ContractProblem, Object
from app.quality.contracts.entries import ContractRule
from app.quality.contracts.reading import ContractField
from app.quality.spec import Operator, RuleSpec, Severity
from tests.quality.tables import rule

FOLDER = Path(__file__).parent / "odcs"
EXAMPLES = sorted((FOLDER / "examples").glob("*.yaml"))
SCHEMA = Draft201909Validator(json.loads((FOLDER / "odcs-json-schema-v3.1.0.json").read_text()))
HEADING = writing.Heading(id="53581432", name="orders", version="1.0.0", status="active", description="What was ordered.")
FIELDS = (
    ContractField(field_path="id", logical_type=LogicalType.INTEGER, primary_key=True),
    ContractField(field_path="state", logical_type=LogicalType.STRING, description="Where it is.", required=True),
    ContractField(field_path="net price", logical_type=LogicalType.NUMBER),
)
BASE = """
kind: DataContract
apiVersion: v3.1.0
id: "53581432"
name: orders
version: 1.0.0
status: active
team: {name: sales, members: [{username: ada, role: owner}]}
slaProperties: [{property: latency, value: 4, unit: d}]
schema:
  - name: orders
    dataGranularityDescription: one line an order
    properties:
      - name: state
        logicalType: string
        businessName: Progress
        quality:
          - {id: known, metric: invalidValues, arguments: {validValues: [NO, "yes", 2024-01-01]}, mustBe: 0, businessImpact: regulatory}
          - {id: soda, type: custom, engine: soda, implementation: {type: duplicate_percent}}
"""


def load(text: str) -> Object:
    return document.load(text)


def invalid(contract: Object) -> list[str]:
    """What the official schema says against it."""
    return [f"{error.json_path}: {error.message}" for error in SCHEMA.iter_errors(contract)]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_official_examples_are_read_and_written_back_the_same(path: Path) -> None:
    contract = load(path.read_text())
    assert invalid(contract) == []
    assert load(document.dump(contract)) == contract
    for table in document.objects(contract, "schema"):
        found = reading.read(contract, document.text(table, "name"))
        heading = writing.Heading(
            id=str(contract["id"]), name=found.object_name, version=str(contract["version"]), status=str(contract["status"])
        )
        written = writing.write(heading, found.fields, (*found.rules, *found.implied), contract)
        assert invalid(written) == []
        assert written == {**contract, "apiVersion": "v3.1.0", "name": found.object_name}


def test_rules_of_an_official_example() -> None:
    found = reading.read(load((FOLDER / "examples/column-validity.odcs.yaml").read_text()))
    assert [one.spec for one in found.rules] == [
        RuleSpec(
            id="air_quality_status.quality[0]",
            type="in_set",
            field_paths=("air_quality_status",),
            parameters={"values": ["", "n/a"], "unit": "FRACTION"},
            operator=Operator.LESS_OR_EQUAL,
            threshold=0.05,
        )
    ]
    assert [(one.spec.id, one.spec.type) for one in found.implied] == [("schema", "schema_match"), ("primaryKey", "primary_key")]
    custom = reading.read(load((FOLDER / "examples/column-custom.odcs.yaml").read_text()))
    assert custom.rules == ()
    assert custom.notes == (
        "UniqueID.quality[0]: not checked, because it is for the engine 'soda'.",
        "UniqueID.quality[1]: not checked, because it is for the engine 'soda'.",
    )


def test_sql_of_a_contract_reads_the_table() -> None:
    (found,) = reading.read(load((FOLDER / "examples/column-accuracy.odcs.yaml").read_text())).rules
    assert found.spec.parameters == {"sql": "select count(*) from data where DataValue <= 0 or DataValue >= 500"}
    assert (found.spec.operator, found.spec.threshold) == (Operator.EQUAL, 0.0)


def test_every_kind_of_rule_comes_back_as_it_was() -> None:
    some = {
        "operator": Operator.BETWEEN,
        "threshold": 0.5,
        "upper_threshold": 70,
        "warn_threshold": 1.0,
        "warn_upper_threshold": 60.25,
    }
    specs = [
        rule("row_count", **some),
        rule("nulls", "state"),
        rule("nulls", "id", id="nulls-2", unit="FRACTION", operator=Operator.LESS_THAN, threshold=0.07, filter="id > 3"),
        rule("missing", "state", tokens=["", "-"]),
        rule("missing", "state", id="missing-2", severity=Severity.INFO),
        rule("in_set", "state", values=["NO", "on", "1", "2024-01-01", "null"]),
        rule("in_set", "id", id="in-2", values=[1, 2.5]),
        rule("regex", "state", pattern="[a-z]+", unit="FRACTION"),
        rule("regex", "state", id="a b/c", pattern="^x\n$", wholeValue=False),
        rule("unique", "net price", operator=Operator.LESS_OR_EQUAL, threshold=3, warn_threshold=1),
        rule("duplicate_rows", "id", "state"),
        rule("duplicate_rows", id="whole"),
        rule("sql_metric", sql="SELECT max(id)\nFROM data", operator=Operator.GREATER_THAN, threshold=5),
        rule("sql_failed_rows", sql="SELECT * FROM data"),
        rule("compare_fields", "id", "net price", comparison="LESS_THAN"),
        rule("anomaly", metric="ROW_COUNT", minPoints=5),
        rule("length", "state", min=1, operator=Operator.LESS_OR_EQUAL, warn_threshold=2),
    ]
    rules = [ContractRule(spec=spec, name=f"Rule {at}", blocks_publication=at % 2 == 0) for at, spec in enumerate(specs)]
    contract = writing.write(HEADING, FIELDS, rules)
    assert invalid(contract) == []
    again = load(document.dump(contract))
    assert again == contract
    found = reading.read(again)
    assert {one.spec.id: one for one in found.rules} == {one.spec.id: one for one in rules}
    assert found.fields == FIELDS
    assert found.notes == ()
    assert writing.write(HEADING, found.fields, found.rules, again) == contract


NUMBERS = st.floats(-1e9, 1e9).map(lambda number: round(number, 4) + 0.0)


@settings(max_examples=25, deadline=None)
@given(
    kind=st.sampled_from(sorted(catalogue.types())),
    operator=st.sampled_from(list(Operator)),
    ends=st.tuples(NUMBERS, NUMBERS).map(sorted).filter(lambda pair: pair[0] < pair[1]),
    values=st.lists(st.text(max_size=8), min_size=1, max_size=3),
    unit=st.sampled_from(["COUNT", "FRACTION"]),
    id=st.text(min_size=1, max_size=12),
)
def test_any_rule_comes_back_as_it_was(
    kind: str, operator: Operator, ends: list[float], values: list[str], unit: str, id: str
) -> None:
    two = operator in (Operator.BETWEEN, Operator.NOT_BETWEEN)
    spec = rule(kind, "state", id=id, values=list(values), unit=unit, operator=operator, threshold=ends[0],
                upper_threshold=ends[1] if two else None)  # fmt: skip
    given_rule = ContractRule(spec=spec)
    contract = writing.write(HEADING, FIELDS, [given_rule])
    assert invalid(contract) == []
    assert reading.read(load(document.dump(contract))).rules == (given_rule,)


def test_what_is_not_ours_is_kept_when_a_rule_changes() -> None:
    base = load(BASE)
    (known,) = reading.read(base).rules
    assert known.spec.parameters == {"values": ["NO", "yes", "2024-01-01"]}
    looser = ContractRule(spec=RuleSpec(**{**vars(known.spec), "operator": Operator.LESS_THAN, "threshold": 3.0}))
    added = ContractRule(spec=rule("row_count", id="rows", operator=Operator.GREATER_THAN, threshold=0))
    written = writing.write(HEADING, FIELDS, [looser, added], base)
    assert invalid(written) == []
    assert {key: written[key] for key in ("team", "slaProperties")} == {key: base[key] for key in ("team", "slaProperties")}
    (table,) = document.objects(written, "schema")
    assert table["dataGranularityDescription"] == "one line an order"
    state, *others = document.objects(table, "properties")
    assert (state["businessName"], [one["name"] for one in others]) == ("Progress", ["id", "net price"])
    changed, soda = document.objects(state, "quality")
    assert (changed["mustBeLessThan"], changed["businessImpact"], "mustBe" in changed) == (3, "regulatory", False)
    assert soda == {"id": "soda", "type": "custom", "engine": "soda", "implementation": {"type": "duplicate_percent"}}
    assert [one.spec for one in reading.read(written).rules] == [added.spec, looser.spec]


def test_a_changed_number_in_the_file_counts_more_than_our_own_note() -> None:
    contract = writing.write(HEADING, FIELDS, [ContractRule(spec=rule("nulls", "state", warn_threshold=None))])
    text = document.dump(contract).replace("mustBeLessOrEqualTo: 0", "mustBeLessOrEqualTo: 12")
    (found,) = reading.read(load(text)).rules
    assert (found.spec.operator, found.spec.threshold) == (Operator.LESS_OR_EQUAL, 12.0)


def test_a_removed_rule_is_gone_and_the_rest_stays() -> None:
    base = load(BASE)
    written = writing.write(HEADING, (), [], base)
    (table,) = document.objects(written, "schema")
    (state,) = document.objects(table, "properties")
    assert [entry["id"] for entry in document.objects(state, "quality")] == ["soda"]


def test_differences_are_shown_before_anything_changes() -> None:
    contract = reading.read(load(BASE))
    (known,) = contract.rules
    other = ContractRule(spec=rule("nulls", "state", id="old"))
    changed = ContractRule(spec=RuleSpec(**{**vars(known.spec), "severity": Severity.INFO}))
    found = differences([other, changed], contract)
    assert [one.spec.id for one in found.added] == ["schema"]
    assert found.changed == ((changed, known),)
    assert (found.removed, found.unchanged) == ((other,), ())
    assert differences([known, *contract.implied], contract).unchanged == (known, *contract.implied)


def test_a_schema_means_rules() -> None:
    contract = load(
        """
        {kind: DataContract, apiVersion: v3.1.0, id: x, version: "1", status: active, schema: [{name: t, properties: [
          {name: b, physicalName: B, logicalType: integer, primaryKey: true, primaryKeyPosition: 2},
          {name: a, logicalType: string, primaryKey: true, primaryKeyPosition: 1, required: true,
           logicalTypeOptions: {minLength: 2, maxLength: 3, pattern: "^a", format: email}},
          {name: n, logicalType: number, unique: true, logicalTypeOptions: {minimum: 0, exclusiveMaximum: 5}},
          {name: d, logicalType: date, logicalTypeOptions: {minimum: "2024-01-01"}}]}]}
        """
    )
    assert invalid(contract) == []
    assert [(one.spec.id, one.spec.field_paths, dict(one.spec.parameters)) for one in reading.read(contract).implied] == [
        (
            "schema",
            (),
            {
                "fields": [
                    {"fieldPath": "B", "logicalType": "INTEGER"},
                    {"fieldPath": "a", "logicalType": "STRING"},
                    {"fieldPath": "n", "logicalType": "NUMBER"},
                    {"fieldPath": "d", "logicalType": "DATE"},
                ],
                "mode": "SUPERSET",
            },
        ),
        ("primaryKey", ("a", "B"), {}),
        ("a.required", ("a",), {}),
        ("a.length", ("a",), {"min": 2, "max": 3}),
        ("a.pattern", ("a",), {"pattern": "^a", "wholeValue": False}),
        ("a.format", ("a",), {"format": "EMAIL"}),
        ("n.unique", ("n",), {}),
        ("n.range", ("n",), {"min": 0, "max": 5, "exclusiveMax": True}),
        ("d.range", ("d",), {"min": "2024-01-01"}),
    ]


PYTHON = "tag:yaml.org,2002:python/object/apply:os.system"
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: [", "This is no YAML: expected the node content, but found '<stream end>'."),
        ("just text", "A contract is a list of names with values; this is something else."),
        ("kind: Dataset", "'kind' has to be DataContract."),
        ("{kind: DataContract, apiVersion: v2.2.2}", "'apiVersion' is 'v2.2.2'; contracts of ODCS 3 (v3.1.0) can be read."),
        ("{kind: DataContract, apiVersion: v3.1.0, schema: 3}", "'schema' has to be a list."),
        ("{kind: DataContract, apiVersion: v3.1.0, schema: [{}]}", "An object of the schema needs a name."),
        ("1: x", "A name in the contract is not text; put it in quotes."),
        ("!!python/object/apply:os.system [id]", f"This is no YAML: could not determine a constructor for the tag '{PYTHON}'."),
        (LAUGHS, "The contract is nested too deeply or unfolds into too many values."),
        ("a: &a [*a]", "The contract is nested too deeply or unfolds into too many values."),
        ("x" * (5 << 20), "The contract has more than 4 MiB."),
    ],
    ids=range(11),
)  # fmt: skip
def test_what_is_no_contract_is_refused(text: str, message: str) -> None:
    with pytest.raises(ContractProblem) as caught:
        load(text)
    assert caught.value.message == message


def test_a_contract_of_several_tables_needs_a_name() -> None:
    contract = load((FOLDER / "examples/all-schema-types.odcs.yaml").read_text())
    with pytest.raises(ContractProblem, match="describes several tables"):
        reading.read(contract)
    with pytest.raises(ContractProblem, match="describes no 'nope'"):
        reading.read(contract, "nope")
    assert reading.read(contract, "AnObject").object_name == "AnObject"
