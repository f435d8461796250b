"""The members of a ZIP file of others, unpacked within one budget."""

import json
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .._core.errors import MissingExtraError
from .._core.plain_files import open_plain

_FREE_BYTES = 64 << 20
_RATIO = 50  # transcripts pack to a tenth; those of one prompt many times to a thirtieth
_FREE_VALUES = 1_000_000
_MOST_MEMBERS = 100_000
_ENCRYPTED = 1
_ZSTANDARD = 93
_MAX_WINDOW = 1 << 27
_LOCAL_HEADER = struct.Struct("<26x2H")


class ZipMembers:
    """The JSON documents in a ZIP file.

    They may unpack to 64 MiB in all, or to 50 times the size of the file where that is more. Their
    JSON may have a million values, or one for each packed byte.

    Args:
        path: The file.

    Raises:
        ValueError: It is not a ZIP file, not a plain file, or has too many members.
        OSError: It cannot be read.
    """

    def __init__(self, path: Path) -> None:
        import zipfile  # noqa: PLC0415  # slow to import

        self._path, self._zip = path, zipfile
        try:
            with open_plain(path) as file, zipfile.ZipFile(file) as archive:
                self.names = archive.namelist()
                packed = os.fstat(file.fileno()).st_size
        except (zipfile.BadZipFile, NotImplementedError) as error:
            raise ValueError(f"it is not a ZIP file ({error})") from error
        self._bytes = max(_FREE_BYTES, _RATIO * packed)
        self._values = max(_FREE_VALUES, packed)
        if len(self.names) > _MOST_MEMBERS:
            raise ValueError(
                f"it has {len(self.names):,} members; {_MOST_MEMBERS:,} at most are read"
            )

    def documents(self, names: list[str]) -> Iterator[Any]:
        """The documents of some members, decoded one after the other.

        Args:
            names: The names of the members.

        Raises:
            ValueError: One is damaged, encrypted, packed in an unknown way, too large or not JSON.
            MissingExtraError: One is packed with Zstandard, and the extra ``logs`` is missing.
            OSError: The file cannot be read.
        """
        problems = (
            *(NotImplementedError, RuntimeError, EOFError),
            *(zlib.error, struct.error, self._zip.BadZipFile),
        )
        try:
            with open_plain(self._path) as file, self._zip.ZipFile(file) as archive:
                for name in names:
                    yield self._document(archive.getinfo(name), archive)
        except problems as error:
            raise ValueError(f"a member is damaged ({error})") from error

    def _document(self, member: Any, archive: Any) -> Any:
        self._bytes -= member.file_size
        if self._bytes < 0:
            raise ValueError(f"{member.filename} unpacks to more than a file of this size may")
        if member.flag_bits & _ENCRYPTED:
            raise ValueError(f"{member.filename} is encrypted")
        content = self._content(member, archive)
        self._values -= sum(content.count(mark) for mark in (b",", b"[", b"{", b"{"))
        if self._values < 0:
            raise ValueError(f"{member.filename} has more values than a file of this size may")
        return json.loads(content)

    def _content(self, member: Any, archive: Any) -> bytes:
        """Return what a member holds. Zstandard in a ZIP file is new in Python 3.14."""
        try:
            with archive.open(member) as file:
                content: bytes = file.read(member.file_size + 1)
        except NotImplementedError:
            if member.compress_type != _ZSTANDARD:
                raise
            content = self._unpacked(member)
        return content

    def _unpacked(self, member: Any) -> bytes:
        try:
            import zstandard  # noqa: PLC0415  # an extra
        except ImportError:
            raise MissingExtraError("logs", "zstandard") from None
        with open_plain(self._path) as file:
            file.seek(member.header_offset)
            # These lengths differ from those in the directory at the end of the file.
            name, extra = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
            file.seek(name + extra, 1)
            packed = file.read(member.compress_size)
        unpacker = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW)
        try:
            with unpacker.stream_reader(packed, read_across_frames=True) as reader:
                content: bytes = reader.read(member.file_size + 1)
        except zstandard.ZstdError as error:
            raise ValueError(f"{member.filename} is damaged ({error})") from error
        if len(content) != member.file_size or zlib.crc32(content) != member.CRC:
            raise ValueError(f"{member.filename} is damaged (its checksum does not fit)")
        return content
