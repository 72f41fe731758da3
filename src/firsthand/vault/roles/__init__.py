"""My half of the seven things a customer can be: what I say, and what I make of the answers.

Above: acts and pages. Below: the inbox and the gate. Roles do not know each other.
"""
