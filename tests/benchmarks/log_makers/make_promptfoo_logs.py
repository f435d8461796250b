# /// script
# requires-python = ">=3.11"
# ///
"""Results of promptfoo in both forms, without a model: ``uv run --script <this> FOLDER``.

It needs npm, which installs promptfoo into FOLDER.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(sys.argv[1]).absolute()
PROVIDER = """
const ANSWERS = {'2+2?': 'The answer is 4.', '3+3?': '7', 'Capital of France?': 'Paris'};
const tokenUsage = {prompt: 7, completion: 2, total: 9};
module.exports = class {
  constructor(options) { this.name = options.config.name; }
  id() { return this.name; }
  async callApi(prompt, context) {
    const asked = context.vars.question;
    if (asked === 'fails?') return {error: 'no answer'};
    if (asked === 'json?') return {output: {answer: 4}, tokenUsage};
    if (asked === 'cut?') return {output: 'The answ', finishReason: 'length'};
    return {output: ANSWERS[asked], tokenUsage, cost: 0.00025, raw: {text: ANSWERS[asked]}};
  }
};
"""


def test(question: str, *checks: tuple[str, object], **more: str) -> dict[str, object]:
    """A test with its assertions."""
    asserted = [{"type": kind, "value": value} for kind, value in checks]
    return {"vars": {"question": question, **more}, "assert": asserted}


def main() -> None:
    """Install promptfoo, and run it twice."""
    FOLDER.mkdir(parents=True)
    (FOLDER / "provider.js").write_text(PROVIDER)
    provider = "file://provider.js"
    config = {
        "description": "sums",
        "prompts": ["Q: {{question}}\nA:", "Answer briefly: {{question}}"],
        "providers": [
            {"id": provider, "label": name, "config": {"name": name}} for name in ("one", "two")
        ],
        "tests": [
            test("2+2?", ("icontains", "4")),
            test("3+3?", ("equals", "6"), ("javascript", "output.length > 0")),
            test("Capital of France?", ("equals", "{{expected}}"), expected="Paris"),
            test("fails?", ("equals", "x")),
            test("json?", ("javascript", "output.answer === 4")),
            test("cut?", ("contains", "answer")),
        ],
    }
    (FOLDER / "promptfooconfig.json").write_text(json.dumps(config))
    subprocess.run(["npm", "install", "promptfoo"], check=True, cwd=FOLDER, capture_output=True)
    own = {
        "PROMPTFOO_DISABLE_TELEMETRY": "1",
        "PROMPTFOO_DISABLE_UPDATE": "1",
        "PROMPTFOO_CONFIG_DIR": str(FOLDER / "config"),
    }
    for form in ("json", "jsonl"):
        command = ["node_modules/.bin/promptfoo", "eval", "--no-cache", "--repeat", "2"]
        # It ends with 100 where a test failed, as some do here.
        command += ["-o", f"a_repeats_.{form}"]
        environment = os.environ | own
        subprocess.run(command, check=False, cwd=FOLDER, env=environment, capture_output=True)


if __name__ == "__main__":
    main()
