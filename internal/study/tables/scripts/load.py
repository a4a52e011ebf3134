"""Reads the tables of this package. The standard library alone; pandas where it is there.

    python3 load.py                prints how many rows each table has
    from load import tables        a dictionary of lists of dictionaries
    from load import frames        with pandas: a dictionary of data frames

Run it in the directory of the package, or set HOLON_PACKAGE to that directory.
Types: t text, i whole number, n number, l true or false. Empty cells are None, in
data frames missing; whole numbers in data frames are of the type Int64.
"""

import csv
import os

DIRECTORY = os.environ.get("HOLON_PACKAGE", os.path.dirname(os.path.abspath(__file__)))
TYPES = {@[range .]@
    "@[.Name]@": "@[types .]@",@[end]@
}
READ = {"t": str, "i": int, "n": float, "l": lambda text: {"true": True, "false": False}[text]}


def table(name):
    """Returns the rows of a table, each a dictionary with every column."""
    with open(os.path.join(DIRECTORY, name + ".csv"), encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        columns = next(lines)
        return [
            {column: None if cell == "" else READ[kind](cell) for column, cell, kind in zip(columns, line, TYPES[name], strict=True)}
            for line in lines
        ]


def tables():
    """Returns all tables by name."""
    return {name: table(name) for name in TYPES}


def frame(name):
    """Returns a table as a data frame of pandas."""
    import pandas

    with open(os.path.join(DIRECTORY, name + ".csv"), encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    kinds = {"t": "string", "i": "Int64", "n": "float64", "l": "boolean"}
    return pandas.read_csv(
        os.path.join(DIRECTORY, name + ".csv"), encoding="utf-8", float_precision="round_trip", keep_default_na=False, na_values=[""],
        dtype={column: kinds[kind] for column, kind in zip(columns, TYPES[name], strict=True)},
        true_values=["true"], false_values=["false"],
    )


def frames():
    """Returns all tables by name, as data frames of pandas."""
    return {name: frame(name) for name in TYPES}


if __name__ == "__main__":
    for name in TYPES:
        print(name, len(table(name)))
