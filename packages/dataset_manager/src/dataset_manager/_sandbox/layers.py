"""The layers of isolation that a process builds round itself.

Each layer is tried, and the names of those in force are given back. The numbers of system calls
are those of x86-64; other machines go without seccomp, while those of Landlock are the same
everywhere.
"""

# Without pathlib: to import it takes longer than to build all layers.
# ruff: noqa: PTH112, PTH120, PTH123
import ctypes
import os
import resource
import signal
import struct
import sys
from types import FrameType
from typing import Any, NoReturn

LIBC = ctypes.CDLL(None, use_errno=True)
_PDEATHSIG, _DUMPABLE, _NO_NEW_PRIVS, _SECCOMP = 1, 4, 38, 22
_MOST_FILES = 4096
_NEW_USER, _NEW_PID, _NEW_NET, _NEW_NS, _NEW_UTS, _NEW_IPC = (
    0x10000000,
    0x20000000,
    0x40000000,
    0x00020000,
    0x04000000,
    0x08000000,
)
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_READ = 1 << 2 | 1 << 3  # READ_FILE, READ_DIR
_FILE_ONLY = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15
_NO_PERMISSION, _NO_SUCH_CALL = 1, 38

# socket connect bind listen / fork vfork execve execveat / kill tkill tgkill sigqueue pidfd_* /
# ptrace process_vm_* perf bpf io_uring keyrings / mount pivot chroot unshare setns and the new
# mount calls / chmod chown utime xattr / modules kexec reboot swap clock names ports / setsid,
# limits, personality, priorities, handles / memory that outlives its mapping: shm, sem, msg, mq,
# memfd.
_DENIED = (
    *(41, 42, 49, 50, 57, 58, 59, 322, 62, 200, 234, 129, 297, 424, 434, 438),
    *(101, 310, 311, 298, 321, 323, 425, 426, 427, 248, 249, 250),
    *(165, 166, 155, 161, 272, 308, 428, 429, 430, 431, 432, 433, 442),
    *(90, 91, 268, 452, 92, 93, 94, 260, 132, 235, 261, 280, 188, 189, 190, 197, 198, 199),
    *(175, 313, 176, 246, 320, 169, 167, 168, 164, 227, 159, 305, 170, 171, 172, 173),
    *(112, 109, 160, 302, 135, 141, 142, 144, 163, 179, 103, 303, 304),
    *(29, 30, 31, 64, 65, 66, 220, 68, 69, 70, 71, 240, 319, 447),
)


def outer(settings: dict[str, Any]) -> list[str]:
    """The layers that all processes of a run share; the caller goes on as the first of them."""
    layers = ["isolated interpreter", "empty environment"]
    die_with_parent()
    os.chdir(settings["folder"])
    if not settings["namespaces"]:  # bubblewrap has made them for this program alone
        return [*layers, "bubblewrap"]
    if not namespaces():
        return layers  # without bubblewrap, which is one for all programs
    if settings["bubblewrap"]:
        layers.append("bubblewrap")
    if memory_over(settings["folder"], settings["disk_bytes"]):
        layers.append("folder in memory")
    _become_first_process()
    return [*layers, "namespaces"]


def inner(settings: dict[str, Any]) -> list[str]:
    """The layers of one process, which hold from here on."""
    layers = []
    if _limits(settings):
        layers.append("resource limits")
    LIBC.prctl(_DUMPABLE, 0, 0, 0, 0)
    _drop_capabilities()
    if LIBC.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        layers.append("no new privileges")
        if _landlock(settings["folder"]):
            layers.append("landlock")
        if _seccomp():
            layers.append("seccomp")
    return layers


def suffice(layers: list[str]) -> bool:
    """Whether untrusted programs may run within these layers."""
    held = set(layers)
    return bool({"namespaces", "bubblewrap"} & held) and bool({"landlock", "seccomp"} & held)


def die_with_parent() -> None:
    """Have the kernel end this process when the one that started it ends."""
    LIBC.prctl(_PDEATHSIG, signal.SIGKILL)


def _drop_capabilities() -> None:
    """Within its own namespace of users a process has all of them."""
    header = struct.pack("=Ii", 0x20080522, 0)
    LIBC.capset(header, bytes(24))


def memory_over(folder: str, size: int) -> bool:
    """A file system over the folder: limited as a whole, and gone with the last process."""
    options = f"size={size},nr_inodes={_MOST_FILES},mode=700"
    done = LIBC.mount(b"none", os.fsencode(folder), b"tmpfs", 6, options.encode()) == 0
    os.chdir(folder)
    return bool(done)


def namespaces() -> bool:
    """A network, processes, mounts and names of its own; the user stays the same."""
    user, group = os.getuid(), os.getgid()
    everything = _NEW_USER | _NEW_PID | _NEW_NET | _NEW_NS | _NEW_UTS | _NEW_IPC
    if LIBC.unshare(everything) != 0:
        return False
    try:
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{user} {user} 1"),
            ("gid_map", f"{group} {group} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    except OSError:
        return False
    return True


def _become_first_process() -> None:
    """Continue as the first process of the new namespace; this one waits for it and ends alike."""
    child = os.fork()
    if child == 0:
        die_with_parent()
        # The first process ignores every signal that it has no handler for.
        signal.signal(signal.SIGXCPU, _exhausted)
        return
    for descriptor in (0, 1):
        os.close(descriptor)
    _, status = os.waitpid(child, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _exhausted(number: int, _frame: FrameType | None) -> NoReturn:
    os._exit(128 + number)


def _limits(settings: dict[str, Any]) -> bool:
    memory = settings["memory_bytes"]
    limits = (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, settings["cpu_s"]),
        (resource.RLIMIT_FSIZE, settings["file_bytes"]),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_STACK, 64 * 2**20),
    )
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        for kind, most in limits:
            hard = resource.getrlimit(kind)[1]
            amount = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (amount, amount))
    except (OSError, ValueError):
        return False
    return True


def _landlock(folder: str) -> bool:
    """Files: the standard library may be read, the folder of the program written to."""
    version = LIBC.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    bits = 13 + (version >= 2) + (version >= 3)
    files = (1 << bits) - 1 | ((1 << 15) if version >= 5 else 0)
    net = 3 if version >= 4 else 0
    scopes = 3 if version >= 6 else 0
    rules = struct.pack("=QQQ", files, net, scopes)[: 24 if version >= 6 else 16 if net else 8]
    handle = LIBC.syscall(_LANDLOCK_CREATE, rules, ctypes.c_size_t(len(rules)), 0)
    if handle < 0:
        return False
    library = os.path.dirname(os.__file__)
    readable = (library, "/lib", "/lib64", "/usr/lib", "/usr/lib64", sys.base_prefix + "/lib")
    devices = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
    for path in (*readable, "/usr/share/zoneinfo", *devices):
        _allow(handle, path, _READ & files)
    _allow(handle, "/dev/null", (1 << 1 | 1 << 2) & files)
    _allow(handle, folder, files & ~(1 << 0))
    done = LIBC.syscall(_LANDLOCK_RESTRICT, handle, 0) == 0
    os.close(handle)
    return bool(done)


def _allow(handle: int, path: str, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(path):
        access &= _FILE_ONLY
    LIBC.syscall(_LANDLOCK_ADD, handle, 1, struct.pack("=Qi", access, descriptor), 0)
    os.close(descriptor)


def _seccomp() -> bool:
    """System calls: those of ``_DENIED`` fail, and so does a new process (threads are fine)."""
    if os.uname().machine != "x86_64":
        return False
    load, equal, above, set_bits, give = 0x20, 0x15, 0x35, 0x45, 0x06
    refuse, unknown = 0x50000 | _NO_PERMISSION, 0x50000 | _NO_SUCH_CALL
    allow, kill = 0x7FFF0000, 0x80000000
    steps = [
        (load, 0, 0, 4),
        (equal, 1, 0, 0xC000003E),
        (give, 0, 0, kill),
        (load, 0, 0, 0),
        (above, 0, 1, 0x40000000),
        (give, 0, 0, kill),
        (equal, 0, 1, 435),
        (give, 0, 0, unknown),
        (equal, 0, 4, 56),
        (load, 0, 0, 16),
        (set_bits, 1, 0, 0x10000),  # CLONE_THREAD
        (give, 0, 0, refuse),
        (give, 0, 0, allow),
    ]
    for number in _DENIED:
        steps += [(equal, 0, 1, number), (give, 0, 0, refuse)]
    steps.append((give, 0, 0, allow))
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    held = ctypes.create_string_buffer(code)
    program = struct.pack("@HP", len(steps), ctypes.addressof(held))
    return bool(LIBC.prctl(_SECCOMP, 2, program, 0, 0) == 0)
