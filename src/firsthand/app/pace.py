"""How often a process that serves collects garbage: after so many new objects."""

NEW_OBJECTS_MAX = 20_000
