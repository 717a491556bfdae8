"""The signs of Western tables are read as such, and do not make other texts Western."""

import pytest

from app.ingest.text.encoding import guess_narrow
from tests.ingest.text.test_languages import ENCODINGS, table

WESTERN = [
    (
        "cp1252",
        "don’t | €0.99 | “well” | it’s fine – really | students’ choice | Acme™ | wait… | O’Brien | l’eau | Côte d’Ivoire",
    ),
    (
        "cp1252",
        "• point | – | — | „ja“ | say ‘hi’ now | yes—now | the ’90s | œuvre à 5 € | we’ll | “It’s 5 €,” he said | 5” pipe",
    ),
    ("latin-1", "21 °C | Temp (°C) | 20 °F | 25° | µg/m³ | m² | 120 km² | ½ cup | 5 ± 3 | § 5 | £12.50 | ¥500 | 3 × 4"),
    (
        "latin-1",
        "© 2024 Acme | Acme® | 1\u00a0234 | 10\u00a0% | nº 5 | 1ª | ¿qué? | «oui» | crème brûlée à 20 °C | Müller, 80 m²",
    ),
    ("iso8859-15", "€, cœur | 12 € | 0.99€ | œuvre | été 5 €"),
    ("mac-roman", "don’t | “well” | María García – León"),
]
SIGNS = ("“{}”", "«{}»", "{} – 5", "{} €5", "{} 21 °C", "{}…", "{} 12 m²", "{} № 5", "{} ℃")


@pytest.mark.parametrize(("encoding", "notes"), WESTERN)
def test_a_sign_here_and_there_is_western(encoding: str, notes: str) -> None:
    for note in notes.split(" | "):
        for rows, every in ((1, 1), (20, 1), (50, 7)):
            text = "id,note\n" + "".join(f"{n},{'plain text' if n % every else note}\n" for n in range(rows))
            found = guess_narrow(text.encode(encoding))
            assert (text.encode(encoding).decode(found.encoding), note) == (text, note)
            # Between é and the same byte in another alphabet only more text could decide.
            assert found.warnings == () or "é" in note


@pytest.mark.parametrize(("language", "encoding"), ENCODINGS)
def test_signs_do_not_make_a_text_western(language: str, encoding: str) -> None:
    signs = [sign for sign in SIGNS if is_in(sign, encoding)]
    text = "".join(
        f"{line},{signs[n % len(signs)].format(line.split(',')[-1])}\n"
        for n, line in enumerate(table(language, 60, header=True).splitlines())
    )
    assert text.encode(encoding).decode(guess_narrow(text.encode(encoding)).encoding) == text


def is_in(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
