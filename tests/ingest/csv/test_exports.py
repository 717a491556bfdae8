"""Small files as real tools write them: names, first row and number of rows are what their makers meant."""

from datetime import date, datetime

import pytest

from tests.ingest.conftest import Reading

FILES: dict[str, tuple[str, str, list[str], int, tuple[object, ...]]] = {
    "excel-de": (
        "Datum;Kunde;Betrag;Menge\r\n01.02.2024;Müller GmbH;1.234,56;3\r\n15.02.2024;Schäfer & Söhne;99,00;12\r\n28.02.2024;Groß;12.000,10;1\r\n",
        "cp1252",
        ["Datum", "Kunde", "Betrag", "Menge"],
        3,
        (date(2024, 2, 1), "Müller GmbH", 1234.56, 3),
    ),
    "excel-fr": (
        "Date;Client;Montant\r\n01/02/2024;Société Générale;1 234,56\r\n15/02/2024;Café de Paris;99,00\r\n",
        "cp1252",
        ["Date", "Client", "Montant"],
        2,
        (date(2024, 2, 1), "Société Générale", 1234.56),
    ),
    "excel-ja": (
        '日付,顧客,金額\r\n2024/2/1,山田商店,"1,234"\r\n2024/2/15,鈴木工業,"99,000"\r\n',
        "cp932",
        ["日付", "顧客", "金額"],
        2,
        (date(2024, 2, 1), "山田商店", 1234),
    ),
    "excel-en": (
        'Date,Customer,Amount,Active\r\n2/28/2024,Smith & Co,"1,234.50",TRUE\r\n3/1/2024,"Jones, Inc.",12.00,FALSE\r\n',
        "utf-8",
        ["Date", "Customer", "Amount", "Active"],
        2,
        (date(2024, 2, 28), "Smith & Co", 1234.5, True),
    ),
    "excel-utf16": ("Name\tStadt\r\nJürgen\tMünchen\r\nAnna\tKöln\r\n", "utf-16", ["Name", "Stadt"], 2, ("Jürgen", "München")),
    "excel-sep": ("sep=;\r\nid;name;x\r\n1;a;2,5\r\n2;b;3,5\r\n", "utf-8", ["id", "name", "x"], 2, (1, "a", 2.5)),
    "sap-tab": (
        "\t\tBericht\n\nBuKr.\tBeleg\tBetrag\tWährg\n1000\t1900000001\t1.234,56-\tEUR\n1000\t1900000002\t99,00\tEUR\n",
        "utf-8",
        ["BuKr.", "Beleg", "Betrag", "Währg"],
        2,
        (1000, 1900000001, "1.234,56-", "EUR"),
    ),
    "psql-copy-tsv": (
        "1\tada\t\\N\n2\tbob\t3.5\n3\teve\t\\N\n",
        "utf-8",
        ["column_1", "column_2", "column_3"],
        3,
        (1, "ada", None),
    ),
    "mysql-tsv": ("id\tname\tscore\n1\tada\t\\N\n2\tNULL\t3.5\n", "utf-8", ["id", "name", "score"], 2, (1, "ada", None)),
    "r-csv": (
        '"","mpg","cyl"\n"Mazda RX4",21,6\n"Datsun 710",22.8,4\n',
        "utf-8",
        ["column_1", "mpg", "cyl"],
        2,
        ("Mazda RX4", 21.0, 6),
    ),
    "r-csv2": ('"";"mpg";"cyl"\n"1";21,5;6\n"2";22,8;4\n', "utf-8", ["column_1", "mpg", "cyl"], 2, (1, 21.5, 6)),
    "pandas-index": (",a,b\n0,1,x\n1,2,y\n", "utf-8", ["column_1", "a", "b"], 2, (0, 1, "x")),
    "gtfs-stops": (
        'stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\nS1,"Main St, North",48.1371,11.5754,0,\nS2,Hauptbahnhof,48.1402,11.5600,1,S1\n',
        "utf-8",
        ["stop_id", "stop_name", "stop_lat", "stop_lon", "location_type", "parent_station"],
        2,
        ("S1", "Main St, North", 48.1371, 11.5754, 0, None),
    ),
    "gtfs-stop-times": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nT1,24:10:00,24:10:30,S1,1\nT1,25:00:00,25:00:30,S2,2\n",
        "utf-8",
        ["trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"],
        2,
        ("T1", "24:10:00", "24:10:30", "S1", 1),
    ),
    "gtfs-bom": (
        "\ufeffroute_id,route_short_name,route_type\r\n1,001,3\r\n2,002,3\r\n",
        "utf-8",
        ["route_id", "route_short_name", "route_type"],
        2,
        (1, "001", 3),
    ),
    "app-log": (
        "".join(
            f"2024-01-01 10:00:{n:02},123 INFO root: message {n} of the day{(', again' if n % 3 else '')}\n" for n in range(20)
        ),
        "utf-8",
        ["column_1"],
        20,
        ("2024-01-01 10:00:00,123 INFO root: message 0 of the day",),
    ),
    "bank-de": (
        '"Auftragskonto";"Buchungstag";"Verwendungszweck";"Betrag";"Waehrung"\n"DE123";"01.02.24";"Miete; Februar";"-850,00";"EUR"\n"DE123";"02.02.24";"Gehalt";"2.500,00";"EUR"\n',
        "utf-8",
        ["Auftragskonto", "Buchungstag", "Verwendungszweck", "Betrag", "Waehrung"],
        2,
        ("DE123", "01.02.24", "Miete; Februar", -850.0, "EUR"),
    ),
    "bank-de-preamble": (
        "Umsatzanzeige;Datei erstellt am: 01.03.2024 10:00\n\nIBAN;DE12 3456\nKontoname;Girokonto\nBank;ING\nKunde;Max Muster\nZeitraum;01.01.2024 - 29.02.2024\nSaldo;1.234,56;EUR\n\nBuchung;Valuta;Auftraggeber;Betrag;Währung\n"
        + "".join(f"{n:02}.02.2024;{n:02}.02.2024;Firma {n};{n},50;EUR\n" for n in range(1, 21)),
        "cp1252",
        ["Buchung", "Valuta", "Auftraggeber", "Betrag", "Währung"],
        20,
        (date(2024, 2, 1), date(2024, 2, 1), "Firma 1", 1.5, "EUR"),
    ),
    "bank-uk": (
        'Date,Type,Description,Value,Balance\n28/02/2024,DD,"WATER CO, REF 1",-25.00,1000.00\n01/03/2024,BAC,SALARY,2500.00,3500.00\n',
        "utf-8",
        ["Date", "Type", "Description", "Value", "Balance"],
        2,
        (date(2024, 2, 28), "DD", "WATER CO, REF 1", -25.0, 1000.0),
    ),
    "bank-us": (
        'Details,Posting Date,Description,Amount\nDEBIT,02/28/2024,"GROCERY #12",-25.10\nCREDIT,03/01/2024,"PAYROLL",1500.00\n',
        "utf-8",
        ["Details", "Posting Date", "Description", "Amount"],
        2,
        ("DEBIT", date(2024, 2, 28), "GROCERY #12", -25.1),
    ),
    "emails": (
        "email\n" + "".join(f"user{n}@example.com\n" for n in range(30)),
        "utf-8",
        ["email"],
        30,
        ("user0@example.com",),
    ),
    "units-row": (
        "time,temp,pressure\ns,degC,hPa\n" + "".join(f"{n},2{n % 10}.5,101{n % 10}\n" for n in range(50)),
        "utf-8",
        ["time", "temp", "pressure"],
        51,
        ("s", "degC", "hPa"),
    ),
    "footnotes": (
        "year,value\n"
        + "".join(f"{2000 + n},{n}.5\n" for n in range(24))
        + "\nSource: Office of Statistics\nNote: provisional figures\n",
        "utf-8",
        ["year", "value"],
        24,
        (2000, 0.5),
    ),
    "totals": (
        "item;qty;price\n" + "".join(f"item {n};{n};{n},50\n" for n in range(20)) + "Total;190;199,50\n",
        "utf-8",
        ["item", "qty", "price"],
        21,
        ("item 0", 0, 0.5),
    ),
    "worldbank": (
        '"Data Source","World Development Indicators",\n\n"Last Updated Date","2024-01-01",\n\n"Country Name","Country Code","2019","2020",\n'
        + "".join(f'"Country {n}","C{n:02}","{n}.5","{n}.7",\n' for n in range(30)),
        "utf-8",
        ["Country Name", "Country Code", "2019", "2020"],
        30,
        ("Country 0", "C00", 0.5, 0.7),
    ),
    "noaa-comment": (
        "# Station: 123\n# Units: degC\n# date, t\ndate,t\n" + "".join(f"2024-01-{n:02},{n}.5\n" for n in range(1, 29)),
        "utf-8",
        ["date", "t"],
        28,
        (date(2024, 1, 1), 1.5),
    ),
    "noaa-comment-headerless": (
        "# comment one\n# comment, two\n" + "".join(f"2024-01-{n:02},{n}.5,{n}\n" for n in range(1, 29)),
        "utf-8",
        ["column_1", "column_2", "column_3"],
        28,
        (date(2024, 1, 1), 1.5, 1),
    ),
    "space-matrix": (
        "".join(f"{n}.5 {n * 2}.25 {n * 3}\n" for n in range(30)),
        "utf-8",
        ["column_1", "column_2", "column_3"],
        30,
        (0.5, 0.25, 0),
    ),
    "iris": (
        "5.1,3.5,1.4,0.2,Iris-setosa\n4.9,3.0,1.4,0.2,Iris-setosa\n7.0,3.2,4.7,1.4,Iris-versicolor\n\n",
        "utf-8",
        [f"column_{n}" for n in range(1, 6)],
        3,
        (5.1, 3.5, 1.4, 0.2, "Iris-setosa"),
    ),
    "passwd": (
        "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nbin:x:2:2:bin:/bin:/usr/sbin/nologin\n",
        "utf-8",
        [f"column_{n}" for n in range(1, 8)],
        3,
        ("root", "x", 0, 0, "root", "/root", "/bin/bash"),
    ),
    "tweets": (
        'id,text\n1,"He said ""hi"", then left"\n2,"line one\nline two"\n3,"emoji 😀, ok"\n',
        "utf-8",
        ["id", "text"],
        3,
        (1, 'He said "hi", then left'),
    ),
    "json-in-csv": (
        'id,payload\n1,"{""a"": 1, ""b"": [1, 2]}"\n2,"{""a"": 2}"\n',
        "utf-8",
        ["id", "payload"],
        2,
        (1, '{"a": 1, "b": [1, 2]}'),
    ),
    "wkt": (
        "id;geom\n1;POINT(1.5 2.5)\n2;LINESTRING(1 2, 3 4)\n3;POLYGON((0 0, 1 1, 1 0, 0 0))\n",
        "utf-8",
        ["id", "geom"],
        3,
        (1, "POINT(1.5 2.5)"),
    ),
    "stripe": (
        "id,Amount,Created (UTC),Currency\nch_1,12.50,2024-01-01 10:00,usd\nch_2,99.00,2024-01-02 11:30,usd\n",
        "utf-8",
        ["id", "Amount", "Created (UTC)", "Currency"],
        2,
        ("ch_1", 12.5, datetime(2024, 1, 1, 10), "usd"),
    ),
    "google-ads": (
        'Campaign report\nJan 1, 2024 - Jan 31, 2024\nCampaign,Clicks,CTR,Cost\nBrand,"1,234",5.00%,100.50\nGeneric,56,1.20%,20.00\nTotal: 2,"1,290",4.10%,120.50\n',
        "utf-8",
        ["Campaign", "Clicks", "CTR", "Cost"],
        3,
        ("Brand", 1234, "5.00%", 100.5),
    ),
    "ukrainian-excel": (
        "Дата;Сума\r\n01.02.2024;1 234,50\r\n15.03.2024;99,00\r\n",
        "cp1251",
        ["Дата", "Сума"],
        2,
        (date(2024, 2, 1), 1234.5),
    ),
    "swiss": ("Name;Betrag\nA;1'234.50\nB;99.00\nC;12'000.00\n", "utf-8", ["Name", "Betrag"], 3, ("A", 1234.5)),
    "hl7-caret": ("id^name^v\n1^a^2.5\n2^b^3.5\n", "utf-8", ["id", "name", "v"], 2, (1, "a", 2.5)),
    "greek-excel": ("Όνομα;Ποσό\r\nΓιώργος;1.234,50\r\nΕλένη;10,00\r\n", "cp1253", ["Όνομα", "Ποσό"], 2, ("Γιώργος", 1234.5)),
}


@pytest.mark.parametrize("name", FILES)
def test_what_real_tools_write_is_read_as_meant(read: Reading, name: str) -> None:
    text, encoding, names, row_count, first = FILES[name]
    result = read(text.encode(encoding))
    assert (result.names, result.table.row_count) == (names, row_count)
    assert result.rows[0] == first
