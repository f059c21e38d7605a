"""Backups as somebody could make them who knows how they are sealed."""
import hashlib
import sqlite3
import struct


def digest(database):
    link = b""

    def add(values):
        nonlocal link
        chain = link
        for value in values:
            kind, data = {
                str: lambda: (b"t", value.encode()), int: lambda: (b"i", struct.pack(">q", value)),
                bytes: lambda: (b"b", value), type(None): lambda: (b"n", b"")}[type(value)]()
            chain += kind + struct.pack(">Q", len(data)) + data
        link = hashlib.sha256(chain).digest()

    tables = [name for name, in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid")]
    for table in tables:
        if table.startswith("sqlite_"):
            continue
        columns = [(row[1], row[5]) for row in database.execute("SELECT * FROM pragma_table_info(?)", (table,))]
        names = ", ".join(name for name, _ in columns)
        key = ", ".join(name for name, place in sorted(columns, key=lambda column: column[1]) if place)
        add([table, *(name for name, _ in columns)])
        for row in database.execute(f'SELECT {names} FROM "{table}" ORDER BY {key}'):
            if (table, row[0]) != ("backup_facts", "digest"):
                add(row)
    return link.hex()


def alter(file, statements):
    """Changes a backup and seals it again."""
    database = sqlite3.connect(file)
    sealed, = database.execute("SELECT value FROM backup_facts WHERE name = 'digest'").fetchone()
    assert digest(database) == sealed, "the rules of the seal are others"
    for statement in statements:
        database.execute(statement)
    database.execute("UPDATE backup_facts SET value = ? WHERE name = 'digest'", (digest(database),))
    database.commit()
    database.close()
