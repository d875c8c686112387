"""The compiler: Python sources in, checked programs and manifests out; imports none of the user's code."""

__version__ = "0.1.0"
"""As in ``pyproject.toml`` (a test holds them together): reading the installed metadata costs more than a small compile."""
