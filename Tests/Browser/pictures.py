"""Pictures to upload, made here byte by byte."""
import struct
import zlib


def picture(width, height):
    """A PNG of two colours, with a comment that must not be kept."""
    row = b"\0" + bytes(channel for x in range(width) for channel in (42, 73, 196 if x % 64 < 32 else 120))
    return b"\x89PNG\r\n\x1a\n" + b"".join([
        chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        chunk(b"tEXt", b"Comment\0taken at 47.3667 N, 8.5500 E"),
        chunk(b"IDAT", zlib.compress(row * height)), chunk(b"IEND", b"")])


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
