"""Conversations: who waits, who was forgotten, and was the service timely, helpful and kind?

Reads tickets, messages and clocks of the publication; keeps what it read of every message in ``readings/`` of the
workspace (a Delta table and an index of words, both made anew where they are missing), and nothing in the database.
Answers: who waits and is that unusual here, where nobody said a word, which promise was not kept, where the customer's
tone turned, what teams show in their words and what not, and where something was said.

Of people who work it says what they wrote, with the words, never how they feel, never a sum or a rank. The machine's
view of a behaviour counts only where the checks of quality say that it agrees with people.

The door (``verbs``; shapes in ``shapes.py``):

- ``watch(reason=(), group=(), channel=(), language=(), waits_longer_than=None, page=1)`` → ``Watched``; ``mine()``
- ``show(source, ticket)`` → ``TalkShown`` (audited)
- ``search(query="", group=(), channel=(), language=(), status=(), by="", waits_longer_than=None, missing=(),
  unhappy=None, promised=False, first_day=None, last_day=None, page=1)`` → ``Found`` (audited)
- ``behaviours(first_day=None, last_day=None)`` → ``TeamBehaviours``
- ``sample(tickets, scorecard, reason, reviewers=())`` → ``Sent``

The worker reads (job ``conversations.read``); ``erasing`` takes a person's words out.
"""
