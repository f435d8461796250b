"""Outputs as models of many makers write them, whole, cut, and with markers that are lost."""

import pytest

from causal_trace import read_reasoning

# The text, its reasoning, its answer, and the codes of its warnings.
OUTPUTS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "Qwen3 not thinking, text after": ("<think>\n\n</think>\n\nA", "", "A", ("reasoning_empty",)),
    "Qwen3 im_end": ("<think>\nw\n</think>\n\nA<|im_end|>", "w", "A<|im_end|>", ()),
    "Qwen3 stop in think": ("<think>\nw<|im_end|>", "w<|im_end|>", "", ("reasoning_not_closed",)),
    "Qwen3 two think": (
        "<think>\nw\n</think>\n<think>\nv\n</think>\nA",
        "w\nv",
        "A",
        ("reasoning_several",),
    ),
    "Qwen3 budget": (
        "<think>\nw\n\nMy time is up, I answer now.\n</think>\n\nA",
        "w\n\nMy time is up, I answer now.",
        "A",
        (),
    ),
    "Qwen3 /think echo": (
        "/no_think\n<think>\n\n</think>\nA",
        "",
        "/no_think\n\nA",
        ("reasoning_empty",),
    ),
    "QwQ closing only answer tag": (
        "w\n</think>\n<answer>A</answer>",
        "w",
        "<answer>A</answer>",
        ("reasoning_opening_missing",),
    ),
    "Qwen vl box": (
        "<think>w</think>\n<|begin_of_box|>A<|end_of_box|>",
        "w",
        "<|begin_of_box|>A<|end_of_box|>",
        (),
    ),
    "R1 tokens": (
        "<\uff5cAssistant\uff5c><think>\nw\n</think>\n\nA<\uff5cend\u2581of\u2581sentence\uff5c>",
        "w",
        "<\uff5cAssistant\uff5c>\n\nA<\uff5cend\u2581of\u2581sentence\uff5c>",
        (),
    ),
    "R1 newline lost": ("<think>w</think>A", "w", "A", ()),
    "R1 closing in code": (
        "<think>w `</think>` v</think>A",
        "w `</think>` v",
        "A",
        ("reasoning_tag_quoted",),
    ),
    "R1 capital": ("<Think>w</Think>A", "w", "A", ()),
    "R1 escaped slash": ("<think>w<\\/think>A", "w", "A", ("reasoning_marker_spelling",)),
    "R1 space in close": ("<think>w< /think>A", "w", "A", ()),
    "R1 missing bracket close": ("<think>w</think\nA", "w", "A", ("reasoning_marker_spelling",)),
    "R1 missing bracket open": ("think>w</think>A", "think>w", "A", ("reasoning_opening_missing",)),
    "R1 fullwidth": (
        "\uff1cthink\uff1ew\uff1c/think\uff1eA",
        "w",
        "A",
        ("reasoning_marker_spelling",),
    ),
    "R1 html": ("&lt;think&gt;w&lt;/think&gt;A", "", "&lt;think&gt;w&lt;/think&gt;A", ()),
    "gpt-oss end lost": (
        "<|channel|>analysis<|message|>w<|start|>assistant<|channel|>final<|message|>A<|return|>",
        "w",
        "A",
        ("harmony_not_ended",),
    ),
    "gpt-oss final twice": (
        "<|channel|>analysis<|message|>w<|end|><|start|>assistant<|channel|>final<|message|>A<|end|><|start|>assistant<|channel|>final<|message|>B<|return|>",
        "w",
        "AB",
        (),
    ),
    "gpt-oss message lost": (
        "<|channel|>analysis w<|end|><|start|>assistant<|channel|>final<|message|>A<|return|>",
        "w",
        "A",
        ("harmony_message_missing",),
    ),
    "gpt-oss only first token stripped": (
        "analysis<|message|>w<|end|><|start|>assistant<|channel|>final<|message|>A<|return|>",
        "w",
        "A",
        ("harmony_leaked",),
    ),
    "gpt-oss commentary analysis": (
        "<|channel|>commentary<|message|>p<|end|><|channel|>analysis<|message|>w<|end|><|start|>assistant<|channel|>final<|message|>A",
        "w",
        "A",
        (),
    ),
    "gpt-oss tool": (
        (
            "<|channel|>analysis<|message|>w<|end|><|start|>assistant"
            "<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|>"
        ),
        "w",
        "",
        (),
    ),
    "gpt-oss to before channel": (
        "<|start|>assistant to=functions.f<|channel|>commentary json<|message|>{}<|call|>",
        "",
        "",
        (),
    ),
    "gpt-oss cut": ("<|channel|>analysis<|message|>w", "w", "", ("harmony_not_ended",)),
    "gpt-oss capital": (
        "<|channel|>Analysis<|message|>w<|end|><|start|>assistant<|channel|>final<|message|>A",
        "w",
        "A",
        (),
    ),
    "gpt-oss spaces": (
        "<|channel|> analysis <|message|>w<|end|><|start|>assistant<|channel|>final<|message|>A",
        "w",
        "A",
        (),
    ),
    "gpt-oss leak with newline": ("analysis\nw\nassistantfinal\nA", "w", "A", ("harmony_leaked",)),
    "gpt-oss leak colon": ("assistantanalysisw.assistantfinalA", "w.", "A", ("harmony_leaked",)),
    "gpt-oss leak comm": (
        "analysisw.assistantcommentary to=functions.f json{}assistantfinalA",
        "w.",
        "A",
        ("harmony_leaked",),
    ),
    "Magistral open": ("[THINK]w", "w", "", ("reasoning_not_closed",)),
    "Magistral close only": ("w[/THINK]A", "w", "A", ("reasoning_opening_missing",)),
    "Magistral 2506": ("<think>\nw\n</think>\nA</s>", "w", "A</s>", ()),
    "Magistral slash swapped": ("[THINK]w[\\THINK]A", "w", "A", ("reasoning_marker_spelling",)),
    "Magistral twice": ("[THINK][THINK]w[/THINK]A", "[THINK]w", "A", ("reasoning_unbalanced",)),
    "Kimi": ("\u25c1think\u25b7w\u25c1/think\u25b7A", "w", "A", ()),
    "Kimi K2 plain": (
        "<think>w</think>A<|tool_calls_section_begin|>x",
        "w",
        "A<|tool_calls_section_begin|>x",
        (),
    ),
    "Kimi K2 tool in think": (
        "<think>w<|tool_calls_section_begin|><|tool_call_begin|>f<|tool_call_end|><|tool_calls_section_end|>",
        "w<|tool_calls_section_begin|><|tool_call_begin|>f<|tool_call_end|><|tool_calls_section_end|>",
        "",
        ("reasoning_not_closed",),
    ),
    "Kimi mixed": ("\u25c1think\u25b7w</think>A", "w", "A", ("reasoning_closing_differs",)),
    "GLM": ("\n<think>w</think>\nA", "w", "A", ()),
    "GLM closing": ("</think>\nA", "", "A", ("reasoning_opening_missing", "reasoning_empty")),
    "GLM observation": (
        "<think>w</think><tool_call>f\n<arg_key>a</arg_key></tool_call><|observation|>",
        "w",
        "<tool_call>f\n<arg_key>a</arg_key></tool_call><|observation|>",
        (),
    ),
    "Nemotron off": ("<think></think>A", "", "A", ("reasoning_empty",)),
    "Nemotron cut": ("<think>\nw", "w", "", ("reasoning_not_closed",)),
    "Hunyuan": ("<think>\nw\n</think>\n<answer>\nA\n</answer>", "w", "<answer>\nA\n</answer>", ()),
    "Hunyuan no close": (
        "<think>\nw\n<answer>\nA\n</answer>",
        "w",
        "<answer>\nA\n</answer>",
        ("reasoning_closed_by_answer",),
    ),
    "Hunyuan T1 closing": (
        "w\n</think>\n<answer>A",
        "w",
        "<answer>A",
        ("reasoning_opening_missing",),
    ),
    "Seed": ("<seed:think>w</seed:think>A", "w", "A", ()),
    "Seed budget": (
        "<seed:think>w<seed:cot_budget_reflect>5 left</seed:cot_budget_reflect>v</seed:think>A",
        "w<seed:cot_budget_reflect>5 left</seed:cot_budget_reflect>v",
        "A",
        (),
    ),
    "Seed crossed": ("<seed:think>w</think>A", "w", "A", ("reasoning_closing_differs",)),
    "Seed eos": ("<seed:think>w</seed:think>A<seed:eos>", "w", "A<seed:eos>", ()),
    "MiniMax M1": ("<think>\nw\n</think>\n\nA", "w", "A", ()),
    "MiniMax M2 tool": (
        '<think>w</think>\n<minimax:tool_call><invoke name="f"></invoke></minimax:tool_call>',
        "w",
        '<minimax:tool_call><invoke name="f"></invoke></minimax:tool_call>',
        (),
    ),
    "MiniMax M2 closing": ("w\n</think>\n\nA[e~[", "w", "A[e~[", ("reasoning_opening_missing",)),
    "Ernie": (
        "<think>\nw\n</think>\n\n<response>\nA\n</response>",
        "w",
        "<response>\nA\n</response>",
        (),
    ),
    "Ernie closing": (
        "w\n</think>\n\n<response>\nA\n</response>",
        "w",
        "<response>\nA\n</response>",
        ("reasoning_opening_missing",),
    ),
    "Ernie no close": (
        "<think>\nw\n<response>\nA\n</response>",
        "w",
        "<response>\nA\n</response>",
        ("reasoning_closed_by_answer",),
    ),
    "Phi-4": ("<think>\nw\n</think>\nA", "w", "A", ()),
    "Phi-4 im_sep": (
        "<|im_start|>assistant<|im_sep|><think>w</think>A<|im_end|>",
        "w",
        "<|im_start|>assistant<|im_sep|>A<|im_end|>",
        (),
    ),
    "EXAONE thought": ("<thought>\nw\n</thought>\n\nA", "w", "A", ()),
    "EXAONE crossed": ("<thought>\nw\n</think>\n\nA", "w", "A", ("reasoning_closing_differs",)),
    "EXAONE plural": ("<thoughts>w</thoughts>A", "w", "A", ()),
    "Cohere": (
        "<|START_THINKING|>w<|END_THINKING|><|START_RESPONSE|>A<|END_RESPONSE|>",
        "w",
        "<|START_RESPONSE|>A<|END_RESPONSE|>",
        (),
    ),
    "Cohere response without end": (
        "<|START_THINKING|>w<|START_RESPONSE|>A<|END_RESPONSE|>",
        "w",
        "<|START_RESPONSE|>A<|END_RESPONSE|>",
        ("reasoning_closed_by_answer",),
    ),
    "Cohere action": (
        "<|START_THINKING|>w<|END_THINKING|><|START_ACTION|>[]<|END_ACTION|>",
        "w",
        "<|START_ACTION|>[]<|END_ACTION|>",
        (),
    ),
    "Solar": ("<|think|>w<|end|><|begin|>assistant<|content|>A<|end|>", "w", "A<|end|>", ()),
    "InternLM": ("<think>w</think>\n\nA", "w", "A", ()),
    "Intern-S1 closing": ("w</think>A", "w", "A", ("reasoning_opening_missing",)),
    "Step closing nl": ("w\n</think>\nA", "w", "A", ("reasoning_opening_missing",)),
    "Step crossed name": ("<think>w</thinking>A", "w", "A", ("reasoning_closing_differs",)),
    "Ring": ("<think>\nw\n</think>\n\nA<|role_end|>", "w", "A<|role_end|>", ()),
    "Ling role": ("<role>ASSISTANT</role><think>w</think>A", "w", "<role>ASSISTANT</role>A", ()),
    "OpenThoughts": (
        "<|begin_of_thought|>w<|end_of_thought|><|begin_of_solution|>A<|end_of_solution|>",
        "w",
        "<|begin_of_solution|>A<|end_of_solution|>",
        (),
    ),
    "OpenThoughts no end": (
        "<|begin_of_thought|>w<|begin_of_solution|>A<|end_of_solution|>",
        "w",
        "<|begin_of_solution|>A<|end_of_solution|>",
        ("reasoning_closed_by_answer",),
    ),
    "Skywork": ("<think>w\n</think>\n**A**", "w", "**A**", ()),
    "Reflection": (
        "<thinking>w <reflection>r</reflection> v</thinking><output>A</output>",
        "w <reflection>r</reflection> v",
        "<output>A</output>",
        ("reasoning_nested",),
    ),
    "Claude antml": ("<thinking>w</thinking>A", "w", "A", ()),
    "Claude thinking cut": ("<thinking>w", "w", "", ("reasoning_not_closed",)),
    "Gemma4 channel": ("<|channel>thought\nw<channel|>A<turn|>", "w", "A<turn|>", ()),
    "Gemma4 closing only": ("w<channel|>A", "w", "A", ("reasoning_opening_missing",)),
    "Gemma4 empty": ("<|channel>thought\n<channel|>A", "", "A", ("reasoning_empty",)),
    "Apertus open": ("<|inner_prefix|>w", "w", "", ("reasoning_not_closed",)),
    "Apertus twice": (
        "<|inner_prefix|>w<|inner_suffix|>A<|inner_prefix|>v<|inner_suffix|>B",
        "w\nv",
        "AB",
        ("reasoning_several",),
    ),
    "Granite 3.3": ("<think>w</think><response>A</response>", "w", "<response>A</response>", ()),
    "Granite 3.3 no close": (
        "<think>w<response>A</response>",
        "w",
        "<response>A</response>",
        ("reasoning_closed_by_answer",),
    ),
    "Granite phrase typo": (
        "Here is my thought process:\n\nw\n\nHere is my response:\n\nA",
        "w",
        "A",
        (),
    ),
    "Granite phrase bold": (
        "**Here is my thought process:**\nw\n**Here is my response:**\nA",
        "w",
        "A",
        (),
    ),
    "Llama nemotron detail": ("<think>w</think>\n\nA<|eot_id|>", "w", "A<|eot_id|>", ()),
    "SmolLM3": ("<think>\n\n</think>\nA", "", "A", ("reasoning_empty",)),
    "Marco-o1": (
        "<Thought>\nw\n</Thought>\n<Output>\nA\n</Output>",
        "w",
        "<Output>\nA\n</Output>",
        (),
    ),
    "LongCat": ("<longcat_think>w</longcat_think>A", "w", "A", ()),
    "LongCat open": ("<longcat_think>w", "w", "", ("reasoning_not_closed",)),
    "LongCat closing": ("w</longcat_think>A", "w", "A", ("reasoning_opening_missing",)),
    "Nanbeige": ("<think>w\n</think>A", "w", "A", ()),
    "Pangu": ("[unused16]w[unused17]A", "w", "A", ()),
    "Pangu open": ("[unused16]w", "w", "", ("reasoning_not_closed",)),
    "Pangu closing": ("w[unused17]A[unused10]", "w", "A[unused10]", ("reasoning_opening_missing",)),
    "plan": ("<|thought_start|>w<|thought_end|>A", "w", "A", ()),
    "think token": ("<|think_start|>w<|think_end|>A", "w", "A", ()),
    "start of thinking": ("<|start_of_thinking|>w<|end_of_thinking|>A", "w", "A", ()),
    "start_think": ("<|startthink|>w<|endthink|>A", "w", "A", ()),
    "Falcon H1R": ("w\n</think>\nA<|im_end|>", "w", "A<|im_end|>", ("reasoning_opening_missing",)),
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_gives_its_reasoning_answer_and_warnings(name: str) -> None:
    text, reasoning, answer, codes = OUTPUTS[name]

    found = read_reasoning(text)

    assert (found.reasoning, found.answer.strip()) == (reasoning, answer)
    assert tuple(dict.fromkeys(each.code for each in found.warnings)) == codes


@pytest.mark.parametrize(
    "text",
    [
        "<think>I open with <answer> and close it later, so A",
        "<think>w\n```\n<answer>\n```\nv",
        "<think>the <response> element holds it",
    ],
)
def test_a_tag_of_an_answer_that_is_mentioned_in_reasoning_does_not_end_it(text: str) -> None:
    (warning,) = read_reasoning(text).warnings

    assert warning.code == "reasoning_not_closed"


@pytest.mark.parametrize("text", ["[unused1] a [unused18]", "a <|end|> b", "the </think in it"])
def test_what_only_resembles_a_marker_is_text(text: str) -> None:
    found = read_reasoning(text)

    assert (found.answer, found.warnings) == (text, ())
