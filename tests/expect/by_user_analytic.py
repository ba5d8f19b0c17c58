"""What legacy reports become: rows of `user_activity_legacy`."""

from functools import partial

import cell
import report
from tables import LEGACY_METRICS

# The documentation's name of a metric, and the one in the files.
ALIASES = {"inlinechat_eventcount": "inlinechat_totaleventcount"}
# Columns by the header in lower case: the words of a column are those of the header, parted differently.
COLUMNS = {header.lower(): column for header, column in LEGACY_METRICS}


def decode(obj, cells):
    """The row without lineage, its dt, and no children."""
    row, dt = cells.day_and_user(obj)
    for header, column in COLUMNS.items():
        row[column], _ = cells.one(header)
    row["report_ts"] = obj.report_ts
    row["extra_json"] = cells.extra_json({"date", "userid", *COLUMNS})
    return row, dt, []


def parser(name):
    if name in COLUMNS:
        return cell.count
    return {"date": cell.day, "userid": str}.get(name, report.number_or_text)


read = partial(report.read, decode, parser, aliases=ALIASES)
