"""Tables of the columnar and Excel formats, whole and damaged."""

import io
import struct

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from tests.badinput.foreign import zipped


def frame(rows: int = 1000) -> pa.Table:
    """Numbers and their names."""
    return pa.table({"id": list(range(rows)), "name": [f"name {number}" for number in range(rows)]})


def parquet(table: pa.Table | None = None) -> bytes:
    """A table as Parquet."""
    out = io.BytesIO()
    pq.write_table(table or frame(), out)
    return out.getvalue()


def arrow(table: pa.Table | None = None) -> bytes:
    """A table as an Arrow file (Feather V2)."""
    out = io.BytesIO()
    table = table or frame()
    with pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


def xlsx(*rows: list[object], sheets: dict[str, list[list[object]]] | None = None) -> bytes:
    """Rows on a first sheet, more sheets beside it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for name, content in (sheets or {}).items():
        other = book.create_sheet(name)
        for row in content:
            other.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet_bomb() -> bytes:
    """Twenty million zeros: 160 MB that a run-length encoding keeps in a few hundred bytes."""
    out = io.BytesIO()
    pq.write_table(pa.table({"zero": np.zeros(20_000_000, np.int64)}), out, row_group_size=20_000_000)
    return out.getvalue()


def parquet_of_one_long_text(characters: int, rows: int) -> bytes:
    """A text that stands in every row and once in the file."""
    out = io.BytesIO()
    texts = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array(["x" * characters]))
    pq.write_table(pa.table({"text": texts}), out, compression="zstd")
    return out.getvalue()


def parquet_with_footer_length(length: int) -> bytes:
    """A Parquet file whose last eight bytes promise a footer of this many bytes."""
    return parquet()[:-8] + struct.pack("<I", length) + b"PAR1"


def xlsx_bomb() -> bytes:
    """A workbook whose sheet is 300 MB of blanks."""
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return zipped(
        **{
            "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "xl/workbook.xml": b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
            "xl/worksheets/sheet1.xml": sheet + b" " * 300_000_000,
        }
    )


def workbook_of_cells(cells: str) -> bytes:
    """A workbook with a sheet of this XML: formulas with the values that Excel computed, errors, merged cells."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{types}"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Sheet" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/worksheet"'
        ' Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}">{cells}</worksheet>',
    }
    return zipped(**{name: content.encode() for name, content in parts.items()})
