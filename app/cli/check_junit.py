"""A check in the form of JUnit's reports, as build servers show them: a test case for each rule."""

from xml.etree import ElementTree

from app.cli.check_report import harmless
from app.cli.check_run import Report
from app.quality.contracts.entries import ContractRule
from app.quality.spec import RuleResult, RuleStatus

SHOWN_ROWS = 10


def as_junit(report: Report, *, strict: bool) -> bytes:
    """XML in UTF-8: FAIL is a failure, ERROR an error; WARN is a failure where warnings fail, and otherwise said."""
    failing = {RuleStatus.FAIL, RuleStatus.WARN} if strict else {RuleStatus.FAIL}
    found = [result.status for _, result in report.results]
    counts = {
        "tests": len(found),
        "failures": sum(status in failing for status in found),
        "errors": found.count(RuleStatus.ERROR),
        "skipped": found.count(RuleStatus.SKIPPED),
    }
    suite = ElementTree.Element("testsuite", {"name": harmless(str(report.file)), **{key: str(n) for key, n in counts.items()}})
    for rule, result in report.results:
        suite.append(_case(rule, result, failing))
    whole = ElementTree.Element("testsuites", {"name": "datakura check"})
    whole.append(suite)
    xml: bytes = ElementTree.tostring(whole, encoding="utf-8", xml_declaration=True)
    return xml


def _case(rule: ContractRule, result: RuleResult, failing: set[RuleStatus]) -> ElementTree.Element:
    attributes = {
        "classname": harmless(".".join((rule.spec.type, *rule.spec.field_paths))),
        "name": harmless(rule.name or rule.spec.id),
        "time": f"{result.duration_ms / 1000:.3f}",
    }
    case = ElementTree.Element("testcase", attributes)
    message = harmless(result.message)
    if result.status is RuleStatus.ERROR:
        told = {"message": message, "type": result.error.code if result.error else "ERROR"}
        ElementTree.SubElement(case, "error", told)
    elif result.status in failing:
        failure = ElementTree.SubElement(case, "failure", {"message": message, "type": result.status.value})
        failure.text = "\n".join(_rows(rule, result))
    elif result.status is RuleStatus.SKIPPED:
        ElementTree.SubElement(case, "skipped", {"message": message})
    elif result.status is RuleStatus.WARN:
        ElementTree.SubElement(case, "system-out").text = f"WARN: {message}"
    return case


def _rows(rule: ContractRule, result: RuleResult) -> list[str]:
    shown = [(row.row, row.own_values(rule.spec.field_paths)) for row in result.failed_rows_sample[:SHOWN_ROWS]]
    return [
        f"row {number}: " + harmless(", ".join(f"{name} = {value!r}" for name, value in own.items())) for number, own in shown
    ]
