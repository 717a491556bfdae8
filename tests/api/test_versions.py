"""What becomes of a file that has arrived: read as told, read again, published, or refused because it is another one."""

from app.core.ids import uuid7
from app.schema.ids import to_id
from tests.api.uploading import ABORT, ARCHIVE, CSV, CURRENT, PUBLISH, REREAD, RETRY, refused, replace_object, started, tasks
from tests.support.client import COMPLETE, Client
from tests.support.people import People
from tests.support.system import System


async def test_options_override_what_would_be_found(admin: Client) -> None:
    content = b"note;zip\nx,y;00123\n"
    options = {"delimiter": ";", "types": {"zip": "STRING"}, "headerRows": 1}
    version_id, upload = await started(admin, content, options=options)
    await admin.mutate(COMPLETE, uploadId=upload["id"], parts=await admin.put(upload, content))
    version = await admin.finished(version_id)
    assert (version["status"], version["readOptions"]["delimiter"]) == ("READY", ";")
    assert [(field["fieldPath"], field["logicalType"]) for field in version["schemaFields"]] == [
        ("note", "STRING"),
        ("zip", "STRING"),
    ]
    rows = await admin.run("query($i: ID!) { datasetVersion(id: $i) { rows(first: 5) { rows } } }", i=version_id)
    assert rows["datasetVersion"]["rows"]["rows"] == [["x,y", "00123"]]


async def test_a_failed_version_is_read_again_with_other_options(system: System, admin: Client) -> None:
    content = b"zip\n00123\nabc\n"
    version_id, upload = await started(admin, content, options={"types": {"zip": "INTEGER"}})
    await admin.mutate(COMPLETE, uploadId=upload["id"], parts=await admin.put(upload, content))
    failed = await admin.finished(version_id)
    assert (failed["status"], failed["error"]["code"]) == ("FAILED", "TOO_MANY_BAD_ROWS")
    assert await refused(admin, PUBLISH, versionId=version_id) == (
        "CONFLICT", "Version 1 is FAILED; only a READY version can be published.", None,
    )  # fmt: skip
    payload = await admin.mutate(RETRY, versionId=version_id, options={"types": {"zip": "STRING"}})
    assert payload == {"version": {"id": version_id, "status": "QUEUED"}, "errors": []}
    version = await admin.finished(version_id)
    assert (version["status"], version["error"], version["rowCount"]) == ("READY", None, 2)
    assert await refused(admin, RETRY, versionId=version_id) == (
        "CONFLICT", "Version 1 is READY; only a FAILED or QUARANTINED version can be tried again.", None,
    )  # fmt: skip
    assert await tasks(system, version_id) == ["SUCCEEDED", "SUCCEEDED"]


async def test_a_file_that_was_read_wrongly_is_read_as_another_version_without_sending_it_again(admin: Client) -> None:
    content = b"name;price\nbread;1,50\nmilk;0,99\n"
    version_id, upload = await started(admin, content, options={"delimiter": ","})
    await admin.mutate(COMPLETE, uploadId=upload["id"], parts=await admin.put(upload, content))
    wrong = await admin.finished(version_id)
    assert (wrong["status"], len(wrong["schemaFields"])) == ("READY", 2)

    options = {"delimiter": ";", "decimalSeparator": ","}
    payload = await admin.mutate(REREAD, versionId=version_id, options=options, label="  with semicolons ")
    assert payload["errors"] == []
    reread = payload["version"]
    assert (reread["number"], reread["label"], reread["status"]) == (2, "with semicolons", "QUEUED")

    right = await admin.finished(reread["id"])
    assert (right["status"], right["readOptions"]["delimiter"]) == ("READY", ";")
    assert [(field["fieldPath"], field["logicalType"]) for field in right["schemaFields"]] == [
        ("name", "STRING"),
        ("price", "NUMBER"),
    ]
    rows = await admin.run("query($i: ID!) { datasetVersion(id: $i) { rows(first: 5) { rows } } }", i=reread["id"])
    assert rows["datasetVersion"]["rows"]["rows"] == [["bread", 1.5], ["milk", 0.99]]
    originals = [[file["sha256"] for file in version["files"] if file["name"] == "table.csv"] for version in (wrong, right)]
    assert originals[0] == originals[1]
    after = await admin.version(version_id)
    # Addresses of downloads are signed anew each time.
    assert {**after, "files": None} == {**wrong, "files": None}


async def test_only_the_file_of_a_ready_version_is_read_as_another_one(admin: Client) -> None:
    content = b"zip\n00123\nabc\n"
    version_id, upload = await started(admin, content, options={"types": {"zip": "INTEGER"}})
    assert await refused(admin, REREAD, versionId=version_id, options={}) == (
        "CONFLICT", "Version 1 is AWAITING_UPLOAD; only the file of a READY version is read as another one.", None,
    )  # fmt: skip
    await admin.mutate(COMPLETE, uploadId=upload["id"], parts=await admin.put(upload, content))
    assert (await admin.finished(version_id))["status"] == "FAILED"
    assert await refused(admin, REREAD, versionId=version_id, options={}) == (
        "CONFLICT", "Version 1 is FAILED; only the file of a READY version is read as another one. Retry this one.", None,
    )  # fmt: skip


async def test_publishing_moves_forward_and_back(admin: Client) -> None:
    dataset_id = await admin.create(f"Published {uuid7()}")
    waiting = (await admin.start(dataset_id, CSV))["version"]["id"]
    assert await refused(admin, PUBLISH, versionId=waiting) == (
        "CONFLICT", "Version 1 is AWAITING_UPLOAD; only a READY version can be published.", None,
    )  # fmt: skip
    second, third = [await admin.upload(dataset_id, CSV) for _ in range(2)]
    for version_id in (second, third):
        assert (await admin.finished(version_id))["status"] == "READY"
    for version_id, number in ((second, 2), (third, 3), (second, 2)):
        payload = await admin.mutate(PUBLISH, versionId=version_id)
        assert payload == {
            "version": {
                "number": number,
                "isCurrent": True,
                "dataset": {"status": "ACTIVE", "currentVersion": {"number": number}},
            },
            "errors": [],
        }
    assert [(await admin.version(version_id))["isCurrent"] for version_id in (second, third)] == [True, False]
    await admin.mutate(ARCHIVE, id=dataset_id)
    assert await refused(admin, PUBLISH, versionId=third) == (
        "CONFLICT", "The dataset is archived. Restore it before you publish.", None,
    )  # fmt: skip
    now = (await admin.run(CURRENT, id=dataset_id))["dataset"]
    assert (now["status"], now["currentVersion"]) == ("ARCHIVED", {"number": 2})
    assert [edge["node"]["number"] for edge in now["versions"]["edges"]] == [3, 2, 1]


async def test_a_dataset_that_publishes_by_itself(admin: Client) -> None:
    dataset_id = await admin.create(f"By itself {uuid7()}", autoPublish=True)
    version = await admin.finished(await admin.upload(dataset_id, CSV))
    assert (version["status"], version["isCurrent"]) == ("READY", True)
    failed = await admin.finished(await admin.upload(dataset_id, CSV, sha256="00" * 32))
    assert (failed["status"], failed["isCurrent"]) == ("FAILED", False)
    now = (await admin.run(CURRENT, id=dataset_id))["dataset"]
    assert (now["status"], now["currentVersion"]) == ("ACTIVE", {"number": 1})


async def test_mutations_on_versions_need_write(people: People) -> None:
    dataset_id = await people.editor.create(f"Read only {uuid7()}")
    version_id = (await people.editor.start(dataset_id, CSV))["version"]["id"]
    reread = (REREAD, {"versionId": version_id, "options": {}})
    for mutation, given in ((RETRY, {"versionId": version_id}), reread, (PUBLISH, {"versionId": version_id})):
        assert (await refused(people.viewer, mutation, **given))[0] == "FORBIDDEN"
    hidden = await people.editor.create(f"Hidden versions {uuid7()}", visibility="RESTRICTED")
    hidden_version = (await people.editor.start(hidden, CSV))["version"]["id"]
    for wanted in (hidden_version, to_id("DatasetVersion", uuid7())):
        for mutation in (RETRY, PUBLISH):
            assert await refused(people.viewer, mutation, versionId=wanted) == (
                "NOT_FOUND", "There is no such version, or you may not see its dataset.", None,
            )  # fmt: skip
    for wanted in ((await people.editor.start(hidden, CSV))["upload"]["id"], to_id("Upload", uuid7())):
        for mutation, given in ((COMPLETE, {"parts": []}), (ABORT, {})):
            assert await refused(people.viewer, mutation, uploadId=wanted, **given) == (
                "NOT_FOUND", "There is no such upload, or you may not see its dataset.", None,
            )  # fmt: skip


async def test_an_object_that_was_replaced_is_not_read(system: System, admin: Client) -> None:
    with system.stopped("worker"):
        version_id, upload = await started(admin)
        await admin.mutate(COMPLETE, uploadId=upload["id"], parts=await admin.put(upload, CSV))
        await replace_object(system, version_id, b"id,name\n1,other\n2,thing\n")
    version = await admin.finished(version_id)
    assert (version["status"], version["error"]["code"]) == ("FAILED", "OBJECT_CHANGED")
    assert version["error"]["hint"] == "Somebody replaced or removed it in the object store. Upload the file again."
