"""Templates: their rules come to datasets with the tag and columns of the semantic type, follow changes, and go without a trace."""

from uuid import UUID

from app.core.ids import uuid7
from app.services.quality.definitions import Definition
from app.services.quality.rule_templating import Existing, Plan, Wanted, plan
from tests.quality_runs.checking import BAD, UPDATE, rule, run_of, uploaded
from tests.support.people import People, Person
from tests.support.system import until

CREATE = """mutation C($input: CreateRuleTemplateInput!) { createRuleTemplate(input: $input) {
    template { id tag semanticType rules { id name } } errors { code message path } } }"""
CHANGE = """mutation U($input: UpdateRuleTemplateInput!) { updateRuleTemplate(input: $input) {
    template { id rules { id name } } errors { code message path } } }"""
DELETE = "mutation D($input: DeleteRuleTemplateInput!) { deleteRuleTemplate(input: $input) { deletedId errors { code } } }"
RULES = """query R($id: ID!) { dataset(id: $id) { revision qualityRules(first: 50) { edges { node {
    id name type fieldPaths threshold revision blocksPublication template { id name } } } } } }"""
TAGS = "mutation T($input: UpdateDatasetInput!) { updateDataset(input: $input) { errors { code message } } }"
DROP = "mutation D($input: DeleteQualityRuleInput!) { deleteQualityRule(input: $input) { deletedId errors { code message } } }"
FIELD = "mutation F($input: UpdateSchemaFieldInput!) { updateSchemaField(input: $input) { errors { code } } }"
INCIDENTS = "query I($f: IncidentFilter) { incidents(first: 10, filter: $f) { edges { node { state } } } }"
REACH = "query N($id: ID!) { node(id: $id) { ... on RuleTemplate { datasetCount ruleCount datasets { id } } } }"


async def rules(client: Person, dataset_id: str) -> dict[str, dict]:
    edges = (await client.run(RULES, id=dataset_id))["dataset"]["qualityRules"]["edges"]
    return {edge["node"]["name"]: edge["node"] for edge in edges}


async def tagged(client: Person, dataset_id: str, *tags: str) -> None:
    revision = (await client.run(RULES, id=dataset_id))["dataset"]["revision"]
    assert (await client.mutate(TAGS, id=dataset_id, revision=revision, tags=list(tags)))["errors"] == []


async def test_a_dataset_follows_the_templates_of_its_tags(admin: Person, people: People) -> None:
    owner, tag = people.editor, f"t-{uuid7()}"
    before = await owner.create(f"Before {uuid7()}", tags=[tag])
    given = [
        {"name": "Rows", "type": "row_count", "operator": "GREATER_THAN", "threshold": 2},
        {"name": "Prices", "type": "nulls", "fieldPath": "price", "blocksPublication": True},
    ]
    refused = await owner.mutate(CREATE, name=f"T {tag}", tag=tag, rules=given)
    assert [error["code"] for error in refused["errors"]] == ["FORBIDDEN"]
    template = (await admin.mutate(CREATE, name=f"T {tag}", tag=tag.upper(), rules=given))["template"]
    assert (template["tag"], [one["name"] for one in template["rules"]]) == (tag, ["Rows", "Prices"])

    async def have(*names: str) -> None:
        async def done() -> bool:
            return set(await rules(owner, before)) == set(names)

        await until(done, f"{names} to come to the dataset")

    await have("Rows", "Prices")
    found = await rules(owner, before)
    assert found["Rows"]["template"] == {"id": template["id"], "name": f"T {tag}"}
    later = await owner.create(f"Later {uuid7()}", tags=[tag, "other"])
    assert set(await rules(owner, later)) == {"Rows", "Prices"}
    assert (await admin.run(REACH, id=template["id"]))["node"] == {
        "datasetCount": 2, "ruleCount": 4, "datasets": [{"id": before}, {"id": later}],
    }  # fmt: skip

    for mutation, change in ((UPDATE, {"threshold": 5}), (DROP, {})):
        payload = await owner.mutate(mutation, id=found["Rows"]["id"], **change)
        assert [error["code"] for error in payload["errors"]] == ["CONFLICT"]
    own = await rule(owner, before, "row_count", name="rows", operator="GREATER_THAN", threshold=0)
    await rule(owner, before, "nulls", name="prices", fieldPath="price")
    assert {name: one["template"] is not None for name, one in (await rules(owner, before)).items()} == {
        "rows": False, "prices": False, "Prices": True,
    }  # fmt: skip  # the template's rule that blocks publication stays beside the dataset's own
    await owner.mutate(DROP, id=own["id"])
    assert {"Rows", "Prices", "prices"} == set(await rules(owner, before))

    kept = template["rules"][1]["id"]
    await admin.mutate(CHANGE, id=template["id"], rules=[{**given[1], "id": kept, "threshold": 1, "operator": "LESS_THAN"}])
    await have("Prices", "prices")
    now = (await rules(owner, before))["Prices"]
    assert (now["id"], now["revision"], now["threshold"]) == (found["Prices"]["id"], 2, 1)

    await run_of(owner, later, await uploaded(owner, later, BAD))
    states = [edge["node"]["state"] for edge in (await owner.run(INCIDENTS, f={"datasetId": later}))["incidents"]["edges"]]
    assert states == ["ACTIVE"]
    await tagged(owner, later, "other")
    assert await rules(owner, later) == {}
    states = [edge["node"]["state"] for edge in (await owner.run(INCIDENTS, f={"datasetId": later}))["incidents"]["edges"]]
    assert states == ["RESOLVED"]
    assert (await admin.mutate(DELETE, id=template["id"]))["errors"] == []
    await have("prices")
    await tagged(owner, later, tag)
    assert await rules(owner, later) == {}


async def test_a_column_follows_the_templates_of_its_semantic_type_while_it_is_there(admin: Person) -> None:
    kind = f"money {uuid7()}"
    dataset_id = await admin.create(f"Semantic {uuid7()}")
    version_id = await uploaded(admin, dataset_id, BAD)
    wrong = await admin.mutate(CREATE, name=kind, semanticType=kind, rules=[{"name": "X", "type": "nulls", "fieldPath": "price"}])
    assert [error["path"] for error in wrong["errors"]] == [["input", "rules", "0", "fieldPath"]]
    made = await admin.mutate(CREATE, name=kind, semanticType=kind.upper(), rules=[{"name": "Given", "type": "nulls"}])
    assert made["errors"] == []
    assert await rules(admin, dataset_id) == {}
    await admin.mutate(FIELD, versionId=version_id, fieldPath="price", semanticType=kind)
    found = await rules(admin, dataset_id)
    assert [(name, one["fieldPaths"]) for name, one in found.items()] == [("Given", ["price"])]
    second = await uploaded(admin, dataset_id, b"id,cost\n1,2\n")
    assert await rules(admin, dataset_id) == {}
    await admin.mutate(FIELD, versionId=second, fieldPath="cost", semanticType=kind)
    again = await run_of(admin, dataset_id, await uploaded(admin, dataset_id, b"id,cost,price\n1,2,\n"))
    assert sorted((one["name"], one["status"]) for one in again["results"]) == [("Given", "FAIL"), ("Given", "PASS")]
    await admin.mutate(DELETE, id=made["template"]["id"])


ONE, OLD, NEW = UUID(int=1), UUID(int=2), UUID(int=3)


def wanted(template: UUID, rule_id: int, name: str = "A", **given: object) -> Wanted:
    values: dict[str, object] = {
        "dataset_id": ONE, "template_id": template, "template_rule_id": UUID(int=rule_id), "position": 0, "of_column": False,
        "name": name, "description": None, "definition": Definition(type="nulls", field_paths=("x",)),
        "blocks_publication": False, "created_by_id": None,
    }  # fmt: skip
    return Wanted(**{**values, **given})  # type: ignore[arg-type]


def existing(one: Wanted, *, own: bool = False, enabled: bool = True) -> Existing:
    return Existing(
        rule_id=uuid7(), dataset_id=one.dataset_id, template_rule_id=None if own else one.template_rule_id, name=one.name,
        description=one.description, definition=one.definition, blocks_publication=one.blocks_publication, enabled=enabled,
    )  # fmt: skip


def test_of_templates_the_blocking_one_counts_then_that_of_a_column_then_the_older() -> None:
    older, newer = wanted(OLD, 10), wanted(NEW, 11, "a")
    column, blocking = wanted(NEW, 12, of_column=True), wanted(NEW, 13, blocks_publication=True)
    assert plan([newer, older], []).added == (older,)
    assert plan([older, column], []).added == (column,)
    assert plan([older, column, blocking], []).added == (blocking,)
    assert plan([older, wanted(NEW, 14, "B")], []).added == (older, wanted(NEW, 14, "B"))


def test_an_own_rule_takes_the_place_of_a_template_s_unless_that_blocks_or_it_is_disabled() -> None:
    one, blocking = wanted(OLD, 10), wanted(OLD, 10, blocks_publication=True)
    assert plan([one], [existing(one, own=True)]) == Plan()
    assert plan([one], [existing(one, own=True, enabled=False)]).added == (one,)
    assert plan([blocking], [existing(one, own=True)]).added == (blocking,)
    now = existing(one)
    assert plan([one], [now, existing(one, own=True)]).removed == (now,)


def test_what_was_done_is_not_done_again() -> None:
    many = [wanted(OLD, at, f"Rule {at}") for at in range(3_000)]
    first = plan(many, [])
    assert len(first.added) == 2_000
    assert plan(many, [existing(one) for one in first.added]) == Plan()
