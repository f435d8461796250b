"""Signatures of files by keys of SSH; ``ssh-keygen`` of OpenSSH 8.2 or later makes and checks them.

The form is that of ``ssh-keygen -Y`` (OpenSSH, PROTOCOL.sshsig), as git uses it for commits.
"""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import SigningError
from .files import write_text
from .system import require_file

# A signature made for another purpose, such as a commit of git, is not one of a run.
NAMESPACE = "crucible-run"
_PROGRAM = "ssh-keygen"
_SECONDS = 60
_MAX_BYTES = 64 * 2**10
_MAX_SIGNERS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureCheck:
    """Whether a file is signed by one of the allowed signers.

    Attributes:
        signer: Who signed it, as the file of allowed signers has it; empty where it does not count.
        problem: Why it does not count as signed; empty where it does.
    """

    signer: str = ""
    problem: str = ""


def sign_file(path: Path, key: Path, signature: Path) -> None:
    """Sign a file.

    Args:
        path: The file.
        key: A private key, or the public one of a key in the agent.
        signature: Where the signature is written.

    Raises:
        SigningError: The key cannot sign, or OpenSSH is not installed.
    """
    made = _run(["sign", "-n", NAMESPACE, "-f", _plain(key)], path)
    if made.returncode:
        raise SigningError(
            f"{key} cannot sign ({_reason(made)}); give a key of SSH that you can use"
        )
    write_text(signature, made.stdout.decode("ascii", "replace"))


def check_signature(
    path: Path, signature: Path, allowed_signers: Path, signer: str | None = None
) -> SignatureCheck:
    """Check the signature of a file.

    Args:
        path: The file.
        signature: Its signature, which may come from anywhere.
        allowed_signers: Who may sign: lines with a name and a public key (ssh-keygen(1)).
        signer: The one who must have signed; anyone of the file when left out.

    Returns:
        The signer, or what is wrong.

    Raises:
        SigningError: The file of allowed signers cannot be read, or OpenSSH is not installed.
    """
    if not allowed_signers.is_file():
        raise SigningError(f"{allowed_signers} is not a file of allowed signers; give one")
    if not os.access(allowed_signers, os.R_OK):
        raise SigningError(f"{allowed_signers} cannot be read; let this user read it")
    try:
        require_file(signature, most=_MAX_BYTES)
    except FileNotFoundError:
        return SignatureCheck(problem="it has no signature")
    except OSError as error:
        return SignatureCheck(problem=f"the signature cannot be read ({error})")
    known = _run(["find-principals", "-f", _plain(allowed_signers), "-s", _plain(signature)], path)
    names = known.stdout.decode("utf-8", "replace").splitlines()[:_MAX_SIGNERS]
    named = [each for each in names if signer in (None, each)]
    for name in named:
        checked = ["-f", _plain(allowed_signers), "-I", name, "-s", _plain(signature)]
        if _run(["verify", "-n", NAMESPACE, *checked], path).returncode == 0:
            return SignatureCheck(signer=name)
    intact = _run(["check-novalidate", "-n", NAMESPACE, "-s", _plain(signature)], path)
    if intact.returncode:
        return SignatureCheck(problem=f"the signature does not fit the file ({_reason(intact)})")
    if names and not named:
        return SignatureCheck(problem=f"signed by {', '.join(names)}, not by {signer}")
    return SignatureCheck(problem="signed with a key that is not among the allowed signers")


def _run(arguments: Sequence[str], path: Path) -> subprocess.CompletedProcess[bytes]:
    """Run ``ssh-keygen -Y`` with the file as its input."""
    try:
        with path.open("rb") as file:
            return subprocess.run(  # noqa: S603  # no shell; all paths are absolute
                [_PROGRAM, "-Y", *arguments],
                stdin=file,
                capture_output=True,
                timeout=_SECONDS,
                env={**os.environ, "LC_ALL": "C"},
                check=False,
            )
    except FileNotFoundError as error:
        if error.filename != _PROGRAM:
            raise
        raise SigningError(f"{_PROGRAM} is not installed; install OpenSSH") from error
    except subprocess.TimeoutExpired as error:
        raise SigningError(f"{_PROGRAM} did not end within {_SECONDS} s; try it by hand") from error


def _plain(path: Path) -> str:
    """An absolute path, which cannot be taken for an option."""
    return str(path.absolute())


def _reason(ended: subprocess.CompletedProcess[bytes]) -> str:
    lines = ended.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:200] if lines else f"exit status {ended.returncode}"
