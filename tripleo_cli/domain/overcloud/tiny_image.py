"""The smallest image that a machine boots: it says so on its serial line, and rests.

A disk whose boot sector has the program. The firmware (BIOS) loads the sector to
0x7C00 and jumps there. Nothing has to be downloaded for it.
"""

from __future__ import annotations

GREETING = "this server has booted"
"""What the console of a server then shows."""
DISK_FORMAT = "raw"
MIB = 1
_SECTOR = 512
_SIGNATURE = b"\x55\xaa"
_PROGRAM = bytes.fromhex(
    "31c0"  # xor ax, ax
    "8ed8"  # mov ds, ax
    "be217c"  # mov si, 0x7C21: the text stands behind the program
    "fc"  # cld
    "ac"  # next: lodsb
    "84c0"  # test al, al
    "7411"  # jz rest
    "88c4"  # mov ah, al
    "bafd03"  # mov dx, 0x3FD: the first serial line's status
    "ec"  # wait: in al, dx
    "a820"  # test al, 0x20: is there room for a sign
    "74fb"  # jz wait
    "88e0"  # mov al, ah
    "b2f8"  # mov dl, 0xF8: 0x3F8 takes the sign
    "ee"  # out dx, al
    "ebea"  # jmp next
    "f4"  # rest: hlt
    "ebfd"  # jmp rest
)


def tiny_image() -> bytes:
    """Give the disk, of :data:`MIB` MiB."""
    text = f"\r\n{GREETING}\r\n".encode() + b"\0"
    sector = (_PROGRAM + text).ljust(_SECTOR - len(_SIGNATURE), b"\0") + _SIGNATURE
    return sector.ljust(MIB * 1024 * 1024, b"\0")
