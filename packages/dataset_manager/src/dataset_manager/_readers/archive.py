"""The members of an ``.eval`` log: a zip that is packed with Zstandard, or with Deflate."""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .._core.bounds import Budget, budget_of, check_members, open_plain
from .._core.errors import DatasetFileError
from .._core.extras import optional
from .content import parsed

_ZSTD = 93
_ENCRYPTED = 1
_HEADER = struct.Struct("<4s5H3I2H")


class Archive:
    """The members of a zip, read one at a time within one budget.

    Args:
        path: The file.

    Raises:
        DatasetFileError: It is not a zip.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._budget: Budget = budget_of(path)
        try:
            with open_plain(path) as file, zipfile.ZipFile(file) as archive:
                self.members: Mapping[str, zipfile.ZipInfo] = {
                    info.filename: info for info in archive.infolist()
                }
        except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
            raise DatasetFileError(path, f"is not an Inspect log: {error}") from error
        check_members(path, len(self.members))

    def document(self, name: str) -> Any:
        """The JSON of a member.

        Raises:
            DatasetFileError: It is damaged, encrypted, too large or not JSON.
        """
        member = self.members[name]
        self._budget.spend(member.file_size, name)
        if member.flag_bits & _ENCRYPTED:
            raise DatasetFileError(self.path, f"{name} is encrypted")
        return parsed(self._content(member), self._budget, name)

    def _content(self, member: zipfile.ZipInfo) -> bytes:
        """The bytes of a member, checked. Python before 3.14 cannot unpack Zstandard in a zip."""
        try:
            content = self._zstandard(member) if member.compress_type == _ZSTD else None
            if content is None:
                with (
                    open_plain(self.path) as packed,
                    zipfile.ZipFile(packed) as archive,
                    archive.open(member) as file,
                ):
                    content = file.read(member.file_size + 1)
        except (
            *(OSError, EOFError, ValueError, RuntimeError, NotImplementedError, struct.error),
            *(zlib.error, zipfile.BadZipFile),
        ) as error:
            if isinstance(error, DatasetFileError):
                raise
            raise DatasetFileError(self.path, f"{member.filename} is damaged: {error}") from error
        if len(content) != member.file_size or zlib.crc32(content) != member.CRC:
            raise DatasetFileError(
                self.path, f"{member.filename} is damaged: its checksum does not fit"
            )
        return content

    def _zstandard(self, member: zipfile.ZipInfo) -> bytes:
        with open_plain(self.path) as file:
            file.seek(member.header_offset)
            # The lengths of name and extra field here are not those of the directory at the end.
            *_, name, extra = _HEADER.unpack(file.read(_HEADER.size))
            file.seek(name + extra, 1)
            packed = file.read(member.compress_size)
        content = _unpacked_by_arrow(packed, member.file_size)
        if content is not None:
            return content
        zstandard = optional("zstandard", extra="logs", purpose="reading .eval logs")
        unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
        try:
            with unpacker.stream_reader(packed, read_across_frames=True) as reader:
                read: bytes = reader.read(member.file_size + 1)
                return read
        except zstandard.ZstdError as error:
            raise DatasetFileError(self.path, f"{member.filename} is damaged: {error}") from error


def _unpacked_by_arrow(packed: bytes, size: int) -> bytes | None:
    """The content by pyarrow, where it is installed and zstandard is not."""
    if find_spec("zstandard") is not None or find_spec("pyarrow") is None:
        return None
    arrow = optional("pyarrow", extra="arrow", purpose="reading .eval logs")
    with arrow.CompressedInputStream(arrow.BufferReader(packed), "zstd") as stream:
        content: bytes = stream.read(size + 1)
        return content
