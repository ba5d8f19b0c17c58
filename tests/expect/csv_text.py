"""CSV as the lake reads it: rows with the place at which they stand in the object."""

from dataclasses import dataclass

BOM = b"\xef\xbb\xbf"


@dataclass
class Row:
    start: int
    end: int  # without the line's end
    next: int  # with it
    cells: list  # of bytes
    open_quote: bool
    terminated: bool


def rows(data, at):
    """The rows from `at` on, those of white space left out."""
    while at < len(data):
        row = _row(data, at)
        if row.open_quote or data[row.start : row.end].strip():
            yield row
        at = row.next


def _row(data, start):
    cells, at = [], start
    while True:
        cell = bytearray()
        if data[at : at + 1] == b'"':
            at += 1
            while True:
                quote = data.find(b'"', at)
                if quote < 0:
                    return Row(start, len(data), len(data), cells, True, False)
                cell += data[at:quote]
                at = quote + 1
                if data[at : at + 1] != b'"':
                    break
                cell += b'"'
                at += 1
        while at < len(data) and data[at] not in b",\r\n":
            cell.append(data[at])
            at += 1
        cells.append(bytes(cell))
        if at >= len(data):
            return Row(start, at, at, cells, False, False)
        if data[at] != ord(","):
            break
        at += 1
    after = at + (2 if data[at : at + 2] == b"\r\n" else 1)
    return Row(start, at, after, cells, False, True)
