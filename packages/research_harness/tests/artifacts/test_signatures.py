"""Who signed a run, and whether anything changed since."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ensemble import SimulatedModel, ask
from research_harness import (
    DatasetSpec,
    Experiment,
    SigningError,
    condition,
    run_sync,
    sign_run,
    verify,
)
from research_harness._cli.main import cli

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs OpenSSH")


class Small(Experiment):
    name = "Small"
    dataset = DatasetSpec("arithmetic")
    sample_size = 4
    metrics = ("accuracy",)
    virtual_time = True

    @condition
    async def one(self, item: Any) -> object:
        return await ask(item, model=SimulatedModel("a", accuracy=0.8))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    run_sync(Small, output_dir=folder, run_id="small")
    return folder / "small"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two keys, ``ada`` and ``eve``; the file ``signers`` names the first one."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ada", "eve"):
        made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", folder / name]
        subprocess.run(made, check=True)
    (folder / "signers").write_text(f"ada@lab {(folder / 'ada.pub').read_text()}")
    return folder


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    for path in finished.parent.iterdir():
        copied = shutil.copytree if path.is_dir() else shutil.copy
        copied(path, tmp_path / path.name)
    return tmp_path / "small"


@pytest.mark.slow
def test_a_signed_run_names_its_signer(run: Path, keys: Path) -> None:
    made = sign_run(run, key=keys / "ada")

    found = verify(run, allowed_signers=keys / "signers")

    assert made == run / "MANIFEST.json.sig"
    assert found.agree
    assert "the manifest is signed by ada@lab" in found.checked
    assert verify(run).agree


def test_a_run_without_a_signature_is_not_signed(run: Path, keys: Path) -> None:
    found = verify(run, allowed_signers=keys / "signers")

    assert not found.agree
    assert "it has no signature" in str(found)


def test_a_stranger_does_not_sign(run: Path, keys: Path) -> None:
    sign_run(run, key=keys / "eve")

    found = verify(run, allowed_signers=keys / "signers")

    assert not found.agree
    assert "not among the allowed signers" in str(found)


def test_one_signer_does_not_stand_for_another(run: Path, keys: Path) -> None:
    sign_run(run, key=keys / "ada")

    found = verify(run, allowed_signers=keys / "signers", signer="eve@lab")

    assert not found.agree
    assert "signed by ada@lab, not by eve@lab" in str(found)


def test_a_changed_manifest_does_not_fit_its_signature(run: Path, keys: Path) -> None:
    sign_run(run, key=keys / "ada")
    manifest = json.loads((run / "MANIFEST.json").read_text())
    (run / "MANIFEST.json").write_text(json.dumps(manifest))

    found = verify(run, allowed_signers=keys / "signers")

    assert "the signature does not fit the file" in str(found)


def test_a_signature_for_another_purpose_does_not_count(run: Path, keys: Path) -> None:
    made = ["ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", str(keys / "ada")]
    subprocess.run([*made, str(run / "MANIFEST.json")], check=True, capture_output=True)

    found = verify(run, allowed_signers=keys / "signers")

    assert "the signature does not fit the file" in str(found)


@pytest.mark.parametrize("content", [b"", b"\xff" * 300, b"-----BEGIN SSH SIGNATURE-----\nAAAA\n"])
def test_what_is_not_a_signature_does_not_fit(run: Path, keys: Path, content: bytes) -> None:
    (run / "MANIFEST.json.sig").write_bytes(content)

    assert "does not fit" in str(verify(run, allowed_signers=keys / "signers"))


def test_a_huge_signature_is_not_read(run: Path, keys: Path) -> None:
    with (run / "MANIFEST.json.sig").open("wb") as file:
        file.truncate(2**30)

    assert "cannot be read" in str(verify(run, allowed_signers=keys / "signers"))


def test_a_signature_may_lie_elsewhere(run: Path, keys: Path, tmp_path: Path) -> None:
    made = sign_run(run, key=keys / "ada").rename(tmp_path / "by-mail.sig")

    assert verify(run, allowed_signers=keys / "signers", signature=made).agree


def test_files_that_came_later_are_named(run: Path, keys: Path) -> None:
    sign_run(run, key=keys / "ada")
    (run / "extra.html").write_text("<p>better numbers</p>")

    found = verify(run, allowed_signers=keys / "signers")

    assert "1 files came later and are not signed: extra.html" in found.checked


def test_a_run_that_does_not_agree_is_not_signed(run: Path, keys: Path) -> None:
    with (run / "results.csv").open("a") as file:
        file.write("x\n")

    with pytest.raises(SigningError, match=r"is not signed, since results\.csv"):
        sign_run(run, key=keys / "ada")
    assert not (run / "MANIFEST.json.sig").exists()


def test_a_key_that_is_not_there_gives_an_error(run: Path, keys: Path) -> None:
    with pytest.raises(SigningError, match="cannot sign"):
        sign_run(run, key=keys / "none")


def test_a_signature_needs_the_allowed_signers(run: Path, keys: Path) -> None:
    with pytest.raises(SigningError, match="allowed_signers"):
        verify(run, signature="x.sig")
    with pytest.raises(SigningError, match="not a file of allowed signers"):
        verify(run, allowed_signers=keys / "nowhere")


def test_without_openssh_the_error_names_it(
    run: Path, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_run(run, key=keys / "ada")
    monkeypatch.setenv("PATH", "")

    with pytest.raises(SigningError, match="install OpenSSH"):
        verify(run, allowed_signers=keys / "signers")


def test_the_command_line_signs_and_checks(run: Path, keys: Path) -> None:
    tool = CliRunner()
    signed = tool.invoke(cli, ["sign", str(run), "--key", str(keys / "ada")])
    checked = ["verify", str(run), "--allowed-signers", str(keys / "signers")]

    good = tool.invoke(cli, checked)
    (run / "MANIFEST.json.sig").unlink()
    bad = tool.invoke(cli, checked)

    assert (signed.exit_code, good.exit_code, bad.exit_code) == (0, 0, 1)
    assert "signed by ada@lab" in good.output
