"""An answer with native reasoning and stated events, for the guide and for first tries."""

_ANSWER = """\
<think>The task is a cache for session tokens. The text says "soon" for the expiry, which is open.
Redis would survive a restart, but nothing in the text asks for that. A dictionary is enough.
Reads will outnumber writes, so I check the expiry on reading and not in a background task.</think>
<event type="task_decomposed" id="parts">
  <decision>Split into storage, expiry and interface</decision>
  <reasoning>The three can be decided one by one</reasoning>
  <confidence>0.95</confidence>
</event>
<event type="hypothesis_formed" id="memory" parent_id="parts">
  <decision>Keep tokens in a dictionary in memory</decision>
  <alternatives>Redis; a file</alternatives>
  <reasoning>Nothing asks for tokens to survive a restart</reasoning>
  <confidence>85%</confidence>
  <code_section>class TokenCache</code_section>
</event>
<event type="ambiguity_flagged" id="soon" parent_id="parts">
  <decision>The expiry time is not given</decision>
  <reasoning>The text says that tokens expire "soon"</reasoning>
  <confidence>low</confidence>
  <code_section>def get</code_section>
</event>
<event type="decision_made" parent_id="soon" depends_on="memory">
  <decision>Tokens expire after 15 minutes, checked on reading</decision>
  <alternatives>- an hour
- a background task</alternatives>
  <reasoning>A common default for sessions; reads outnumber writes</reasoning>
  <confidence>0.5</confidence>
  <code_section>def get</code_section>
</event>
<code>
class TokenCache:
    def __init__(self, clock):
        self._tokens, self._clock = {}, clock

    def put(self, token, user):
        self._tokens[token] = (user, self._clock() + 900)

    def get(self, token):
        user, end = self._tokens.get(token, (None, 0))
        return user if self._clock() < end else None
</code>
"""


def example_answer() -> str:
    """Return an answer with native reasoning, four events and code, written for the guide.

    Example:
        >>> example_answer().count("<event ")
        4
    """
    return _ANSWER
