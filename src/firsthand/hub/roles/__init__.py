"""The organisation's half of each role: what it makes of what people give, and what it answers.

Above: the acts. Below: ``intake``, ``outbox`` and ``reads``. Roles do not know each other.
"""
