"""Encode requests and decode answers.

A frame, big-endian: an int32 length of all that follows, an int32 with the serialization type in
its first byte and the header's length in the other three, the header (JSON), the body.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_FRAME_BYTES = 16 * 1024 * 1024
_LENGTH = struct.Struct(">i")
_HEADER_LENGTH_MASK = 0xFFFFFF
_JSON_SERIALIZATION = 0
_RESPONSE_FLAG = 1


class FrameError(ValueError):
    """What is wrong with the bytes of a frame."""


@dataclass(frozen=True)
class Frame:
    """One decoded command; `remark` and `ext` are empty where the peer sent none."""

    code: int
    opaque: int
    is_response: bool
    """Whether it is an answer, not a request that the peer sends on its own."""
    remark: str
    ext: Mapping[str, str]
    body: bytes


def encode_request(code: int, opaque: int, ext: Mapping[str, str], body: bytes) -> bytes:
    """Return the whole frame of a request."""
    header = {
        "code": int(code),
        "language": "PYTHON",
        "version": 0,
        "opaque": opaque,
        "flag": 0,
        "serializeTypeCurrentRPC": "JSON",
        "extFields": dict(ext),
    }
    header_bytes = json.dumps(header, separators=(",", ":")).encode()
    total = _LENGTH.size + len(header_bytes) + len(body)
    return _LENGTH.pack(total) + _LENGTH.pack(len(header_bytes)) + header_bytes + body


def decode_length(prefix: bytes) -> int:
    """Return how many bytes follow the four of `prefix`.

    Raises:
        FrameError: the length is impossible or above `MAX_FRAME_BYTES`.

    """
    (total,) = _LENGTH.unpack(prefix)
    if not _LENGTH.size <= total <= MAX_FRAME_BYTES:
        fault = f"a frame of {total} bytes, allowed are {_LENGTH.size} to {MAX_FRAME_BYTES}"
        raise FrameError(fault)
    return int(total)


def decode_frame(payload: bytes) -> Frame:
    """Decode what follows the length.

    Raises:
        FrameError: the lengths disagree, or the header is not the JSON of a command.

    """
    if len(payload) < _LENGTH.size:
        fault = f"only {len(payload)} bytes"
        raise FrameError(fault)
    (word,) = _LENGTH.unpack_from(payload)
    kind, header_length = word >> 24, word & _HEADER_LENGTH_MASK
    end = _LENGTH.size + header_length
    if kind != _JSON_SERIALIZATION or end > len(payload):
        fault = f"serialization {kind}, header of {header_length} in {len(payload)} bytes"
        raise FrameError(fault)
    try:
        header = json.loads(payload[_LENGTH.size : end])
    except (ValueError, RecursionError) as error:
        fault = f"a header that is not JSON ({error})"
        raise FrameError(fault) from error
    return _frame_from_header(header, payload[end:])


def _frame_from_header(header: object, body: bytes) -> Frame:
    fields = header if isinstance(header, dict) else {}
    code, opaque, flag = fields.get("code"), fields.get("opaque"), fields.get("flag", 0)
    if type(code) is not int or type(opaque) is not int:
        fault = "a header without the numbers code and opaque"
        raise FrameError(fault)
    ext = fields.get("extFields") or {}
    if type(flag) is not int or not isinstance(ext, dict):
        fault = "a header whose flag or extFields have the wrong type"
        raise FrameError(fault)
    return Frame(
        code=code,
        opaque=opaque,
        is_response=bool(flag & _RESPONSE_FLAG),
        remark=str(fields.get("remark") or ""),
        ext={str(key): str(value) for key, value in ext.items()},
        body=body,
    )
