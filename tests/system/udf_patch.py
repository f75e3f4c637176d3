# SPDX-License-Identifier: GPL-2.0-or-later
"""Changes names in UDF images so that all checksums are right again, as an attacker would."""

BLOCK = 2048
FILE_IDENTIFIER, FILE_ENTRY, EXTENDED_FILE_ENTRY = 257, 261, 266


def _crc(data: bytes) -> int:
    """ECMA-167 1/7.2.6: the polynomial is x^16 + x^12 + x^5 + 1."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1
            crc &= 0xffff
    return crc


def _number(image: bytes | bytearray, at: int) -> int:
    return int.from_bytes(image[at:at + 2], "little")


def seal(image: bytearray, at: int) -> None:
    """Make the tag of the descriptor at this byte right (ECMA-167 3/7.2)."""
    length = _number(image, at + 10)
    image[at + 8:at + 10] = _crc(image[at + 16:at + 16 + length]).to_bytes(2, "little")
    image[at + 4] = (sum(image[at:at + 16]) - image[at + 4]) % 256


def is_tag(image: bytes | bytearray, at: int, *identifiers: int) -> bool:
    """Whether a descriptor of one of these kinds begins here."""
    return (_number(image, at) in identifiers and
            image[at + 4] == (sum(image[at:at + 16]) - image[at + 4]) % 256)


def rename(image: bytearray, old: bytes, new: bytes) -> int:
    """Give entries another 8-bit name of the same length; how many there were."""
    assert len(old) == len(new)
    count, at = 0, image.find(old)
    while at >= 0:
        # ECMA-167 4/14.4: implementation use, then the name with its kind before it.
        for use in (0, 32):
            start = at - 1 - 38 - use
            if (start > 0 and is_tag(image, start, FILE_IDENTIFIER) and
                    image[start + 19] == len(old) + 1 and _number(image, start + 36) == use):
                image[at:at + len(new)] = new
                seal(image, start)
                # A directory may lie inside its file entry, which its own tag covers.
                entry = start // BLOCK * BLOCK
                if is_tag(image, entry, FILE_ENTRY, EXTENDED_FILE_ENTRY):
                    seal(image, entry)
                count += 1
        at = image.find(old, at + 1)
    return count


def find_file_entries(image: bytes | bytearray) -> list[int]:
    """Where file entries begin."""
    return [at for at in range(0, len(image), BLOCK)
            if is_tag(image, at, FILE_ENTRY, EXTENDED_FILE_ENTRY)]
