"""From bytes of Python to a typed library of tasks and workflows, without importing anything."""
