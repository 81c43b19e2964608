"""What the child sees of the file system: programs, and what it is to look at (Landlock)."""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

# The numbers of these calls are the same on every machine that Linux runs on.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_SAY_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_FILE, _MAKE_FILE, _TRUNCATE = 1 << 5, 1 << 8, 1 << 14
_READ = _READ_FILE | _READ_DIR | _EXECUTE
_WRITE = _READ | _WRITE_FILE | _REMOVE_FILE | _MAKE_FILE
#: All rights that each version of Landlock knows of; a right not named stays with the process.
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_NEWEST_RIGHTS = (1 << 16) - 1
_BIND_AND_CONNECT = 0b11

#: Where programs, their libraries and fonts lie, besides Python itself.
_PROGRAMS = (
    *("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/etc/ld.so.cache"),
    *("/usr/share/fonts", "/usr/local/share/fonts", "/etc/fonts", "/dev/null", "/dev/urandom"),
)


def narrow(*, files: Iterable[str], folders: Iterable[str]) -> bool:
    """Leave this process nothing to read but programs and ``files``, to write but ``folders``.

    TCP is taken away too. Returns whether the kernel can do it; older ones cannot, and then
    nothing changes. The process must have given up new privileges before.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _SAY_VERSION)
    if version < 1:
        return False
    rights = _RIGHTS.get(version, _NEWEST_RIGHTS)
    taken = (
        struct.pack("=QQ", rights, _BIND_AND_CONNECT) if version >= 4 else struct.pack("=Q", rights)
    )
    rules = libc.syscall(_CREATE_RULESET, taken, ctypes.c_size_t(len(taken)), 0)
    if rules < 0:
        return False
    ours = Path(__file__).resolve().parents[2]
    for path in (sys.base_prefix, sys.prefix, str(ours), *_PROGRAMS, *files):
        _allow(libc, rules, path, _READ)
    for path in folders:
        _allow(libc, rules, path, (_WRITE | _TRUNCATE) & rights)
    return bool(libc.syscall(_RESTRICT_SELF, rules, 0) == 0)


def _allow(libc: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        # Not every machine has every folder.
        return
    if not os.path.isdir(path):
        rights &= _READ_FILE | _EXECUTE
    rule = struct.pack("=Qi", rights, descriptor)
    libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, rule, 0)
    os.close(descriptor)
