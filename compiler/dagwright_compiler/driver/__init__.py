"""The composition root: sources and settings in, programs and manifests and diagnostics out.

Knows every part of the compiler; is known by the command line and by whoever uses the compiler as a library.
"""
